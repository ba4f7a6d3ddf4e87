/** For the SDK, which would print warnings among the command's own output, such as about keys beside a profile. */
export const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
