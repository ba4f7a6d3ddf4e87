/** The issuer did not answer, or its answer is not usable. */
export class IssuerUnreachable extends Error {
  override readonly name = 'IssuerUnreachable';
}
