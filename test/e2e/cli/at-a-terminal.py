"""Runs a command on its own terminal, types the answers to its prompts, and prints its output as JSON.

The argument is {"command": [...], "steps": [[pattern, keys], ...], "size": [rows, columns]}. A step may have
a third entry, the size that the terminal takes before the keys are typed. Stops after 100 seconds.
"""
import fcntl, json, os, pty, re, select, signal, struct, sys, termios, time

wanted = json.loads(sys.argv[1])

def resize(terminal, size):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))

pid, terminal = pty.fork()
if pid == 0:
    resize(0, wanted.get("size", [40, 120]))
    os.execvp(wanted["command"][0], wanted["command"])
output, answered = "", 0
steps = list(wanted["steps"])
deadline = time.time() + 100
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
        _, keys, *size = steps.pop(0)
        if size:
            resize(terminal, size[0])
        os.write(terminal, keys.encode())
else:
    os.kill(pid, signal.SIGKILL)
_, status = os.waitpid(pid, 0)
print(json.dumps({"code": os.waitstatus_to_exitcode(status), "output": output}))
