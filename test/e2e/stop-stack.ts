import { stopStack } from './start-stack.ts';

/** Jest's globalTeardown. */
export default stopStack;
