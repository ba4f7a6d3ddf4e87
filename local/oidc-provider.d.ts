declare module 'oidc-provider/lib/adapters/memory_adapter.js' {
  import type { Adapter } from 'oidc-provider';

  class MemoryAdapter {
    constructor(name: string);
  }
  interface MemoryAdapter extends Adapter {}

  export { MemoryAdapter as default };
}
