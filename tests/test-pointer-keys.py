#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
"""Nothing by pointer alone: every file that listens to the pointer is named here with the commands that do by key what
it does, and each of those is in the table of keys. A context menu has the Menu key and Shift+F10 beside the second
button. A new gesture in a file that is not named, or a command that went, fails.

test-pointer-keys.py SOURCE"""
import re
import sys
from pathlib import Path

LISTENS = re.compile(r"gtk_gesture_\w+_new|gtk_event_controller_(motion|scroll)_new|gtk_drop_target_new"
                     r"|gtk_drag_source_new|fovea_pointing_bind|fovea_context_menu_bind")

# What does it by key: commands, or all of a prefix.
KEYS = {
    "ui/arc-view.c": ["arcs."],
    "ui/curve-view.c": ["curves."],
    "ui/data-table.c": ["table.pin"],
    "ui/fact.c": ["inspector.open", "inspector.pin"],
    "ui/head-cell.c": ["heads.choose", "heads.choose-all", "heads.open", "heads.pin", "heads.menu"],
    "ui/head-plot.c": ["heads.left", "heads.right", "heads.choose", "heads.choose-none", "heads.open", "heads.pin",
                       "heads.menu"],
    "ui/latent-view.c": ["latent."],
    "ui/layer-curves.c": ["curves.previous-layer", "curves.next-layer", "curves.previous-head", "curves.next-head"],
    "ui/map-input.c": ["map."],
    "ui/map-rail.c": ["map.zoom-in", "map.zoom-out", "map.fit", "map.far-up", "map.far-left"],
    "ui/mask-view.c": ["mask."],
    "ui/picture-heads.c": ["picture.next-head", "picture.next-layer"],
    "ui/picture-page.c": ["picture.menu"],
    "ui/picture-view.c": ["picture.left", "picture.key-left", "picture.class", "picture.pin"],
    "ui/profile.c": ["map."],
    "ui/score-bars.c": ["win.copy-value"],
    "ui/sidebar.c": ["sidebar."],
    "ui/token-strip.c": ["strip."],
    "app/window/window-files.c": ["win.open", "win.capture-files"],
}

# Why it needs none.
WITHOUT = {
    "ui/context-menu.c": "makes what others name",
    "ui/pointing.c": "makes what others name",
    "ui/finder.c": "the entry above the list has the arrows and Enter",
    "app/window/new-capture.c": "the list of files has a button",
    "app/window/window.c": "the pointer only hides where the keys are",
}


def read_commands(source):
    text = (source / "ui/commands.c").read_text()
    return dict(re.findall(r'\{"([a-z]+\.[a-z-]+)(?:\(\'\w+\'\))?",\s*"([^"]*)"', text))


def main():
    source = Path(sys.argv[1])
    commands, wrong, menus = read_commands(source), [], 0
    if len(commands) < 100:
        wrong.append(f"only {len(commands)} commands were found in ui/commands.c")
    files = [f for folder in ("ui", "app/window") for f in sorted((source / folder).glob("*.c"))]
    listening = {str(f.relative_to(source)): f.read_text() for f in files if LISTENS.search(f.read_text())}
    for name, text in listening.items():
        if name in WITHOUT:
            continue
        named = KEYS.get(name, [])
        if not named:
            wrong.append(f"{name} listens to the pointer, and no key is named for what it does")
        for command in named:
            if not any(c == command or (command.endswith(".") and c.startswith(command)) for c in commands):
                wrong.append(f"{name}: no command {command} in ui/commands.c")
        if "fovea_context_menu_bind (" in text or ".menu = G_CALLBACK" in text:
            menus += 1
            prefixes = {c.split(".")[0] for c in named}
            if not any(commands.get(p + ".menu") == "Menu <Shift>F10" for p in prefixes):
                wrong.append(f"{name} has a context menu, and none of {sorted(prefixes)} has one by key")
    wrong += [f"{name} listens to nothing" for name in {**KEYS, **WITHOUT} if name not in listening]
    print(f"{len(listening)} files listen to the pointer, {menus} have a menu, {len(commands)} commands have keys")
    for line in wrong:
        print("wrong:", line)
    return 1 if wrong else 0


sys.exit(main())
