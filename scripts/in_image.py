"""Runs a command of an image as a container engine would: in its root, as a user, without capabilities and privileges.

    in_image.py ROOT FOLDER UID COMMAND...        becomes the command
    in_image.py ROOT FOLDER UID --writable PATH... prints those of the paths at which a file can be made

What the image has of its own is enough: this is Python of the machine, which is loaded before it enters the root. The
environment is passed on as it is.
"""

import contextlib
import ctypes
import os
import sys

PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 24, 38, 47, 4


def enter(root: str, folder: str, user: int) -> None:
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    os.chroot(root)
    os.chdir(folder)
    # Until the kernel knows no more of them.
    capability = 0
    while prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0:
        capability += 1
    if prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) or prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
    os.setgroups([])
    os.setresgid(user, user, user)
    # Whoever leaves user 0 leaves all capabilities behind.
    os.setresuid(user, user, user)


def writable(path: str) -> bool:
    with contextlib.suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        os.unlink(path)
        return True
    return False


def main() -> None:
    root, folder, user, *command = sys.argv[1:]
    enter(root, folder, int(user))
    if command[0] == "--writable":
        print(*filter(writable, command[1:]))
        return
    # Nothing may be imported any more, which os.execvp does.
    for folder in os.environ["PATH"].split(":"):
        with contextlib.suppress(FileNotFoundError):
            os.execv(os.path.join(folder, command[0]), command)
    sys.exit(f"in_image: there is no {command[0]} in {os.environ['PATH']}")


if __name__ == "__main__":
    main()
