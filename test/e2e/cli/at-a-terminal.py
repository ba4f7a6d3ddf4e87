"""Runs a command on its own terminal, types the answers to its prompts, and prints its output as JSON.

The argument is {"command": [...], "steps": [[pattern, keys], ...]}. Stops after 20 seconds.
"""
import fcntl, json, os, pty, re, select, signal, struct, sys, termios, time

wanted = json.loads(sys.argv[1])
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(wanted["command"][0], wanted["command"])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
output, answered = "", 0
steps = list(wanted["steps"])
deadline = time.time() + 20
while time.time() < deadline:
    if select.select([terminal], [], [], 0.2)[0]:
        try:
            data = os.read(terminal, 4096)
        except OSError:
            break
        if not data:
            break
        output += data.decode(errors="replace")
    if steps and re.search(steps[0][0], output[answered:]):
        answered = len(output)
        time.sleep(0.2)
        os.write(terminal, steps.pop(0)[1].encode())
else:
    os.kill(pid, signal.SIGKILL)
_, status = os.waitpid(pid, 0)
print(json.dumps({"code": os.waitstatus_to_exitcode(status), "output": output}))
