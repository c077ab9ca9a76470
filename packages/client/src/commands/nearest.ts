// Edit distance: which of the known words someone meant who mistyped one.

/** Longer words are compared by their beginning, so that a pasted novel costs nothing. */
const comparedLengthMax = 32;

/** Insertions, deletions, replacements and swaps of neighbours that lead from one text to the other. */
export function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      const replaced = (last[column - 1] ?? 0) + (same ? 0 : 1);
      const added = (current[column - 1] ?? 0) + 1;
      const removed = (last[column] ?? 0) + 1;
      const turned = swapped ? (beforeLast[column - 2] ?? Infinity) + 1 : Infinity;
      current.push(Math.min(replaced, added, removed, turned));
    }
    beforeLast = last;
    last = current;
  }
  return last[right.length] ?? 0;
}

/**
 * The known word with the least distance, the earlier one of equals, of those that begin so where any do; null where
 * none is known.
 */
export function nearest(word: string, known: readonly string[]): string | null {
  const compared = word.slice(0, comparedLengthMax);
  const begun = compared === '' ? [] : known.filter((candidate) => candidate.startsWith(compared));
  return nearestOf(compared, begun.length > 0 ? begun : known);
}

function nearestOf(compared: string, known: readonly string[]): string | null {
  let found: string | null = null;
  let foundDistance = Infinity;
  for (const candidate of known) {
    const distance = editDistance(compared, candidate);
    if (distance >= foundDistance) continue;
    found = candidate;
    foundDistance = distance;
  }
  return found;
}
