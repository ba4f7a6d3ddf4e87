/** Whether a process with this id exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user exists, although it cannot be signalled.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
