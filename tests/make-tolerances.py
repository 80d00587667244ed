#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
"""Writes README's table of tolerances from what the command says, so that it stays true:

    fovea selfcheck tests/golden/families --device cpu --format tsv > cpu.tsv
    fovea selfcheck tests/golden/families --device cuda --format tsv > cuda.tsv
    tests/make-tolerances.py README.md cpu.tsv cuda.tsv

A model that one file lacks has empty cells there. Only what is between the two markers changes."""
import sys

START, END = "<!-- tolerances -->", "<!-- /tolerances -->"


def read(path):
    """Rows by model, and the device's name."""
    device, names, rows = "", None, {}
    with open(path, encoding="utf-8") as file:
        for line in file.read().splitlines():
            if line.startswith("# device: "):
                device = line[len("# device: "):].split(",")[0]
            if line.startswith("#") or not line:
                continue
            cells = line.split("\t")
            if names is None:
                names = cells
            else:
                rows[cells[0]] = dict(zip(names, cells))
    return device, rows


def cell(rows, model, column):
    value = rows.get(model, {}).get(column, "")
    return f"{float(value):.1e}" if value else ""


def table(paths):
    devices = [read(path) for path in paths]
    checks = ["record_f32", "record_bf16", "record_f16"]
    columns = [
        (device, rows, check)
        for device, rows in devices
        for check in checks
        if any(row.get(check) for row in rows.values())
    ]
    lines = [
        "| model | family | "
        + " | ".join(f"{device} {check[len('record_'):]}" for device, _, check in columns)
        + " |",
        "|---" * (2 + len(columns)) + "|",
    ]
    families = {model: row["family"] for _, rows in devices for model, row in rows.items()}
    for model in sorted(families):
        cells = [cell(rows, model, check) for _, rows, check in columns]
        lines.append(f"| {model} | {families[model]} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main():
    readme, paths = sys.argv[1], sys.argv[2:]
    with open(readme, encoding="utf-8") as file:
        text = file.read()
    before, rest = text.split(START)
    _, after = rest.split(END)
    with open(readme, "w", encoding="utf-8") as file:
        file.write(f"{before}{START}\n{table(paths)}\n{END}{after}")


main()
