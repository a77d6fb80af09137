/** Numbers, the least of which comes out first; each operation costs the logarithm of how many there are. */
export interface Heap {
  push(value: number): void;
  pop(): number | undefined;
}

export function createHeap(): Heap {
  const items: number[] = [];
  const at = (index: number): number => items[index] ?? Number.POSITIVE_INFINITY;
  const swap = (one: number, two: number): void => {
    [items[one], items[two]] = [at(two), at(one)];
  };
  return {
    push(value) {
      items.push(value);
      for (let child = items.length - 1; child > 0; ) {
        const parent = (child - 1) >> 1;
        if (at(parent) <= at(child)) return;
        swap(parent, child);
        child = parent;
      }
    },
    pop() {
      const least = items[0];
      const last = items.pop();
      if (items.length === 0 || last === undefined) return least;
      items[0] = last;
      for (let parent = 0; ; ) {
        const left = 2 * parent + 1;
        const child = at(left + 1) < at(left) ? left + 1 : left;
        if (at(parent) <= at(child)) return least;
        swap(parent, child);
        parent = child;
      }
    },
  };
}
