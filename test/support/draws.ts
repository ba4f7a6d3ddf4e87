/** How many draws a property gets: all in a test run, a share of them where mutants run it again and again. */
export function draws(many: number): number {
  return Math.ceil(many * Number(process.env['DRAWS'] ?? 1));
}
