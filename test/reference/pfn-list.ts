// Knows: an ordered list of page frame numbers with a head and a tail.
// Must not know: what the frames on it are.
// Kernel: struct list_head as the allocator uses it (list_add = head, list_add_tail = tail).

const NONE = -1;

export class PfnList {
  private readonly neighbours = new Map<number, { before: number; after: number }>();
  private head = NONE;
  private tail = NONE;

  get length(): number {
    return this.neighbours.size;
  }

  get isEmpty(): boolean {
    return this.neighbours.size === 0;
  }

  has(pfn: number): boolean {
    return this.neighbours.has(pfn);
  }

  /** The frame at the head, undefined when the list is empty. */
  first(): number | undefined {
    return this.head === NONE ? undefined : this.head;
  }

  last(): number | undefined {
    return this.tail === NONE ? undefined : this.tail;
  }

  pushHead(pfn: number): void {
    this.link(pfn, NONE, this.head);
  }

  pushTail(pfn: number): void {
    this.link(pfn, this.tail, NONE);
  }

  remove(pfn: number): void {
    const own = this.neighbours.get(pfn);
    if (own === undefined) throw new Error(`pfn ${pfn} is not on the list`);
    if (own.before === NONE) this.head = own.after;
    else this.neighbours.get(own.before)!.after = own.after;
    if (own.after === NONE) this.tail = own.before;
    else this.neighbours.get(own.after)!.before = own.before;
    this.neighbours.delete(pfn);
  }

  takeHead(): number {
    const pfn = this.head;
    this.remove(pfn);
    return pfn;
  }

  takeTail(): number {
    const pfn = this.tail;
    this.remove(pfn);
    return pfn;
  }

  toArray(): number[] {
    const all: number[] = [];
    for (let pfn = this.head; pfn !== NONE; pfn = this.neighbours.get(pfn)!.after) all.push(pfn);
    return all;
  }

  private link(pfn: number, before: number, after: number): void {
    if (this.neighbours.has(pfn)) throw new Error(`pfn ${pfn} is on the list already`);
    this.neighbours.set(pfn, { before, after });
    if (before === NONE) this.head = pfn;
    else this.neighbours.get(before)!.after = pfn;
    if (after === NONE) this.tail = pfn;
    else this.neighbours.get(after)!.before = pfn;
  }
}
