"""A program under test: started, waited for by what it says, and stopped as an operator stops it."""
import subprocess
import threading

PATIENCE = 60
"""Seconds for what takes a moment on any machine."""


class Program:
    """A program that runs beside a test, with all that it has printed so far in `text`.

    arguments, folder, environment: as `subprocess.Popen` takes them
    says: what a line has in it by which the program tells that it is ready
    """

    def __init__(self, arguments, says, folder=None, environment=None):
        self.name = str(arguments[0])
        self.text = ""
        self.is_ready = False
        self._says = says
        self._decided = threading.Event()
        self.process = subprocess.Popen(
            [str(argument) for argument in arguments], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.text += line
            if self._says in line:
                self.is_ready = True
                self._decided.set()
        self._decided.set()

    def wait(self, seconds=PATIENCE):
        """Returns itself when the program has said that it is ready; raises with its output when it ended or stayed silent."""
        if self._decided.wait(seconds) and self.is_ready:
            return self
        ended = self.process.poll()
        how = f"is not ready after {seconds} s" if ended is None else f"ended with {ended}"
        if ended is None:
            self.process.kill()
        raise RuntimeError(f"{self.name} {how}: {self.text}")

    def stop(self):
        """Asks it to end (SIGTERM), and returns its exit code."""
        self.process.terminate()
        return self.process.wait(timeout=PATIENCE)
