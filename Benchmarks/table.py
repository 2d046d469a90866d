"""The table of figures: its rows, and how it is printed."""

import os
import platform
from statistics import median

import measuring


class Row:
    """One line of the table: a figure, what it is compared with, and the goal.

    The service's figure is a number of a unit, or what measuring.Figures gives, as it is beside a yardstick.
    """

    def __init__(self, name, service, unit=None, yardstick=None, ratio=None, goal=None, met=None):
        self.name = name
        self.unit = unit
        self.service = service
        self.yardstick = yardstick
        self.ratio = ratio
        self.goal = goal
        self.met = met

    def json(self):
        return vars(self)


def comparison(name, yardstick, pairs, goal, unit="requests/s"):
    ratio = median(ours.rate / theirs.rate for ours, theirs in pairs)
    return Row(
        name,
        service=measuring.middle([ours for ours, _ in pairs]).json(),
        yardstick=dict(measuring.middle([theirs for _, theirs in pairs]).json(), name=yardstick),
        unit=unit,
        ratio=ratio,
        goal=None if goal is None else "≥ {}".format(goal),
        met=None if goal is None else ratio >= goal)


def print_table(rows, options):
    header = ["", "Headrace", "p50", "p99", "yardstick", "", "p50", "p99", "ratio", "goal", ""]
    lines = [header] + [cells(row) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    print("{} s a measurement, {} pairs, {} processors, {}".format(
        options.seconds, options.pairs, os.cpu_count(), platform.machine()))
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())


def cells(row):
    verdict = {True: "met", False: "NOT MET", None: ""}[row.met]
    goal = row.goal or ""
    if row.yardstick is None:
        ours = figures(row.service) if isinstance(row.service, dict) else [
            "{:.1f} {}".format(row.service, row.unit), "", ""]
        return [row.name] + ours + ["", "", "", "", "", goal, verdict]
    return (
        [row.name] + figures(row.service) + [row.yardstick["name"]] + figures(row.yardstick)
        + ["" if row.ratio is None else "{:.2f}".format(row.ratio), goal, verdict])


def figures(figures):
    def latency(key):
        return "{:.2f} ms".format(figures[key]) if figures[key] is not None else ""

    rate = figures["perSecond"]
    return ["" if rate is None else "{:,.0f}/s".format(rate), latency("p50Milliseconds"), latency("p99Milliseconds")]


def report(rows, options):
    return {
        "seconds": options.seconds,
        "pairs": options.pairs,
        "mappings": options.mappings,
        "processors": os.cpu_count(),
        "machine": platform.machine(),
        "measurements": [row.json() for row in rows],
    }
