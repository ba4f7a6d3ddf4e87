/** The bytes of a value that goes over the border of pieces; pieces may have any length. */
export class HeldBytes {
  /** Offset of the first byte of the value. */
  start = 0;
  private parts: Uint8Array[] | null = null;
  private until = 0;
  private readonly most: number;

  /** @param most bytes that are held, but for the last piece. */
  constructor(most: number) {
    this.most = most;
  }

  begin(start: number): void {
    this.start = start;
    this.until = start;
    this.parts = [];
  }

  /** Holds nothing of the value any more: only where it ends matters. */
  drop(): void {
    this.parts = null;
  }

  get isDropped(): boolean {
    return this.parts === null;
  }

  /**
   * The piece ends, and the value does not.
   * @returns false if the value is too long: it is dropped.
   */
  hold(piece: Uint8Array, base: number): boolean {
    if (this.parts === null) return true;
    // A copy: who gave the piece may use its memory again.
    this.parts.push(piece.slice(Math.max(0, this.until - base)));
    this.until = base + piece.length;
    if (this.until - this.start <= this.most) return true;
    this.drop();
    return false;
  }

  /** The value up to a place in the piece; null if it is dropped. */
  upTo(piece: Uint8Array, base: number, to: number): Buffer | null {
    if (this.parts === null) return null;
    const rest = piece.subarray(Math.min(to, Math.max(0, this.until - base)), to);
    if (this.parts.length > 0) return Buffer.concat([...this.parts, rest]);
    return Buffer.from(rest.buffer, rest.byteOffset, rest.byteLength);
  }
}
