// Finds the cycles of a graph: its strongly connected components, by Tarjan's algorithm.

export type Graph = ReadonlyMap<string, readonly string[]>;

/** Every group of two or more nodes that reach each other, and every node that names itself. */
export function cycles(graph: Graph): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];

  const low = (node: string): number => lowest.get(node) ?? Infinity;

  function visit(node: string): void {
    const targets = graph.get(node) ?? [];
    order.set(node, order.size);
    lowest.set(node, order.size - 1);
    stack.push(node);
    for (const target of targets) {
      if (!order.has(target)) visit(target);
      if (stack.includes(target)) lowest.set(node, Math.min(low(node), low(target)));
    }
    if (low(node) !== order.get(node)) return;
    const group = stack.splice(stack.indexOf(node));
    if (group.length > 1 || targets.includes(node)) found.push(group);
  }

  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return found;
}
