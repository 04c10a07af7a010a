"""docs/performance.md is written by several programs, each its part: what stands between two comments."""
import datetime
import os
import pathlib
import platform
import subprocess

from servers import BIN

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/performance.md"


def write_part(name, text):
    begin, end = f"<!-- part: {name} -->\n", f"<!-- end: {name} -->\n"
    page = PAGE.read_text()
    part = begin + text.rstrip("\n") + "\n" + end
    if begin in page:
        front, rest = page.split(begin, 1)
        page = front + part + rest.split(end, 1)[1]
    else:
        page = page.rstrip("\n") + "\n\n" + part
    PAGE.write_text(page)


def table(rows, header):
    lines = ["| " + " | ".join(header) + " |", "|---" + "|---:" * (len(header) - 1) + "|"]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def machine(load_before):
    return (f"{datetime.date.today()}; {_processor()}, {os.cpu_count()} CPUs, Linux"
            f" {platform.release().split('-')[0]}, load {load_before:.1f} before and"
            f" {os.getloadavg()[0]:.1f} after.")


def how(command):
    """What to type to measure it again."""
    build = BIN.parent.name
    where = "" if build == "release" else f"ROCKETMQ_BIN=build/{build}/bin "
    return ["```sh", f"./dev build {build}", where + command, "```"]


def revision():
    git = ["git", "-C", str(ROOT)]
    at = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    changed = subprocess.run([*git, "status", "--porcelain", "-uno", "src", "include"],
                             capture_output=True, text=True)
    return at.stdout.strip() + (" with changes" if changed.stdout.strip() else "")


def _processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()
