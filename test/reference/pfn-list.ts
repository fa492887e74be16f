// Knows: an ordered list of page frame numbers with a head and a tail.
// Must not know: what the frames on it are.
// Kernel: struct list_head as the allocator uses it (list_add = head, list_add_tail = tail).

const NONE = -1;

export class PfnList {
  /** Of each frame on the list: the one before it, the one after it. */
  private readonly before = new Map<number, number>();
  private readonly after = new Map<number, number>();
  private head = NONE;
  private tail = NONE;

  get length(): number {
    return this.before.size;
  }

  get isEmpty(): boolean {
    return this.before.size === 0;
  }

  has(pfn: number): boolean {
    return this.before.has(pfn);
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
    const before = this.before.get(pfn);
    const after = this.after.get(pfn);
    if (before === undefined || after === undefined) throw new Error(`pfn ${pfn} is not on the list`);
    if (before === NONE) this.head = after;
    else this.after.set(before, after);
    if (after === NONE) this.tail = before;
    else this.before.set(after, before);
    this.before.delete(pfn);
    this.after.delete(pfn);
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
    for (let pfn = this.head; pfn !== NONE; pfn = this.after.get(pfn)!) all.push(pfn);
    return all;
  }

  private link(pfn: number, before: number, after: number): void {
    if (this.before.has(pfn)) throw new Error(`pfn ${pfn} is on the list already`);
    this.before.set(pfn, before);
    this.after.set(pfn, after);
    if (before === NONE) this.head = pfn;
    else this.after.set(before, pfn);
    if (after === NONE) this.tail = pfn;
    else this.before.set(after, pfn);
  }
}
