// The part of a list that has room, with the chosen entry in it.

export function sliceAround<Each>(
  all: readonly Each[],
  at: number,
  height: number,
): readonly Each[] {
  if (all.length <= height) return all;
  const start = Math.max(0, Math.min(at - Math.floor(height / 2), all.length - height));
  return all.slice(start, start + height);
}
