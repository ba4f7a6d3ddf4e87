/** An item that is there and cannot be used: whoever reads it fails, instead of going on without it. */
export class DamagedItem extends Error {
  override readonly name = 'DamagedItem';
}
