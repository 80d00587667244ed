#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
"""test-accessible.py PROGRAM: the window as assistive technology and a keyboard see it.

Runs the bundled model through the start page's Run button, walks to the map by keys, and reads
roles, names and states over the accessibility bus. Exit status 77 where there is no display, no
session bus or no python3-gi. Nothing sleeps: the GLib loop turns until a condition holds.
"""
import os
import shutil
import subprocess
import sys
import tempfile

SKIP = 77
DEADLINE_MS = 60000

try:
    import gi
    gi.require_version('Atspi', '2.0')
    from gi.repository import Atspi, GLib
except (ImportError, ValueError):
    sys.exit(SKIP)
if not os.environ.get('DISPLAY') or not os.environ.get('DBUS_SESSION_BUS_ADDRESS'):
    sys.exit(SKIP)
if shutil.which('xdotool') is None:
    sys.exit(SKIP)


def until(what, condition):
    """Turns the loop until condition() gives something true, and gives that."""
    end = GLib.get_monotonic_time() + DEADLINE_MS * 1000
    while True:
        try:
            found = condition()
        except GLib.Error:  # an object went away while we looked at it
            found = None
        if found:
            return found
        if GLib.get_monotonic_time() > end:
            sys.exit(f'not reached: {what}')
        GLib.timeout_add(50, lambda: False)
        GLib.MainContext.default().iteration(True)


def walk(node):
    """The node and all below it."""
    yield node
    for i in range(node.get_child_count()):
        child = node.get_child_at_index(i)
        if child is not None:
            yield from walk(child)


def find(root, role, start):
    """First object of a role whose name starts so. (GTK 4.8 says "showing" of windows only.)"""
    for node in walk(root):
        if node.get_role_name() == role and (node.get_name() or '').startswith(start):
            return node
    return None


def application(pid):
    desktop = Atspi.get_desktop(0)
    for i in range(desktop.get_child_count()):
        child = desktop.get_child_at_index(i)
        if child is not None and child.get_process_id() == pid:
            return child
    return None


def check(holds, what):
    if not holds:
        sys.exit('wrong: ' + what)
    print('ok', what)


def is_named(node):
    """GTK gives the name of its type to what has none."""
    name = node.get_name() or node.get_description() or ''
    return name != '' and not name.startswith(('Gtk', 'Fovea'))


def check_names(root):
    """Whatever can be pressed or chosen says what it is, itself or by what it holds or is part of."""
    roles = ('push button', 'toggle button', 'combo box', 'menu button', 'image', 'table', 'list')
    nameless = []
    for node in walk(root):
        parent = node.get_parent()
        if node.get_role_name() in roles and not any(is_named(n) for n in walk(node)) \
                and not (parent is not None and is_named(parent)) \
                and not any(p.get_role_name() in roles or p.get_name() == 'GtkInfoBar'
                            for p in above(node)):
            nameless.append((node.get_role_name(), node.get_name()))
    check(not nameless, f'every control and picture has a name {nameless}')


def above(node):
    """What the node is part of, inmost first."""
    node = node.get_parent()
    while node is not None and node.get_role_name() != 'application':
        yield node
        node = node.get_parent()


def press_key(key):
    subprocess.run(['xdotool', 'key', '--clearmodifiers', key], check=True)


def find_focus(root):
    for node in walk(root):
        if node.get_state_set().contains(Atspi.StateType.FOCUSED):
            return node
    return None


def check_stops(n):
    """Each of the next places that Tab leads to says what it is, itself and not by what it is part of."""
    stops = []
    listener = Atspi.EventListener.new(lambda event: event.detail1 and stops.append(event.source))
    listener.register('object:state-changed:focused')
    for i in range(n):
        press_key('Tab')
        until(f'stop {i + 1}', lambda: len(stops) > i)
    listener.deregister('object:state-changed:focused')
    nameless = [(at.get_role_name(), at.get_name()) for at in stops if not is_named(at)]
    check(not nameless, f'all {len(stops)} stops of Tab have names {nameless}')


def drive(program, root):
    for name in ('Example map: induction', 'Example map: sink'):
        until(name, lambda: find(root, 'image', name))
    check_names(root)
    run = until('Run', lambda: find(root, 'push button', 'Run'))
    until('Run is on', lambda: run.get_state_set().contains(Atspi.StateType.SENSITIVE))
    check(Atspi.Action.do_action(run, 0), 'Run can be pressed')
    until('heads', lambda: find(root, 'image', 'Head 5.10, induction'))
    check(True, 'a head is named with its role and error')
    check_names(root)
    press_key('alt+1')
    focus = until('a head has the focus', lambda: find_focus(root))
    check(focus.get_name().startswith('Head '), focus.get_name())
    check_stops(28)
    press_key('alt+2')
    cell = until('cell', lambda: find(root, 'table', 'Query') or find(root, 'grid', 'Query'))
    check('weight' in cell.get_name() and 'rank' in cell.get_name(), cell.get_name())
    check(find(root, 'image', 'Attention map of head') is not None, 'the map is an image with a name')
    before = cell.get_name()
    press_key('Up')
    until('the sentence follows the key', lambda: cell.get_name() != before and 'rank' in cell.get_name())
    check(True, cell.get_name())
    until("the status label repeats it", lambda: any(
        n.get_name() == cell.get_name() for n in walk(root) if n.get_role_name() in ('status bar', 'statusbar', 'label')))
    check_names(root)
    press_key('alt+3')
    until('Sparsity', lambda: find(root, 'push button', 'Measure the chosen methods'))
    check_names(root)
    press_key('ctrl+r')
    plot = until('curves', lambda: find(root, 'image', 'Mass recall of head 5.'))
    until('a mask', lambda: find(root, 'image', 'Mask of StreamingLLM'))
    before = until('a point', lambda: 'density' in plot.get_name() and plot.get_name())
    check_names(root)
    press_key('alt+3')
    press_key('Right')
    until('the plot says the next point', lambda: plot.get_name() != before)
    check(True, plot.get_name())
    press_key('ctrl+shift+t')
    row = until('a row of the table', lambda: (at := find_focus(root)) and at.get_role_name() == 'table row' and at)
    check(row.get_name().startswith('method ') and ', density 0.' in row.get_name(), row.get_name())
    press_key('ctrl+shift+t')
    press_key('alt+4')
    encode = until('Features', lambda: find(root, 'push button', 'Encode with abstopk'))
    check_names(root)
    until('it can be pressed', lambda: encode.get_state_set().contains(Atspi.StateType.SENSITIVE))
    check(Atspi.Action.do_action(encode, 0), 'Encode can be pressed')
    page = until('a latent', lambda: find(root, 'image', 'Latent '))
    until('it has been read', lambda: ' fires + on ' in page.get_name())
    check(find(root, 'table', 'Latents') is not None or find(root, 'tree table', 'Latents') is not None,
          'the latents are a table with a name')
    check_names(root)
    before = page.get_name()
    press_key('alt+4')
    press_key('bracketright')
    until('the next latent', lambda: page.get_name() != before and ' fires + on ' in page.get_name())
    press_key('Down')
    until('a context', lambda: 'context 1, which fires' in page.get_name())
    check(True, page.get_name())
    press_key('alt+2')
    press_key('ctrl+k')
    until('palette', lambda: find(root, 'entry', 'Action, head') or find(root, 'text', 'Action, head'))
    check_names(root)
    subprocess.run(['xdotool', 'type', '--delay', '20', '3.11'], check=True)
    until('the head is found', lambda: find(root, 'label', 'Head 3.11'))
    entry = find(root, 'entry', 'Action, head') or find(root, 'text', 'Action, head')
    until('the entry tells what is chosen',
          lambda: entry.get_description().startswith('Head 3.11') and ', 1 of ' in entry.get_description())
    check(True, entry.get_description())
    press_key('Return')
    until('the head is shown', lambda: find(root, 'image', 'Attention map of head 3.11'))
    check(True, 'a head is found by typing')
    press_key('ctrl+comma')
    seconds = until('Preferences', lambda: find(root, 'spin button', 'Longest job without asking, seconds'))
    check('choose how much' in seconds.get_description(), 'a setting is described')
    first = until('its first row has the focus', lambda: (at := find_focus(root)) and
                  (at.get_name() or '').startswith('Colours of the window: ') and at)
    check('Figures and exports' in first.get_description(), 'so is what has the focus')
    check_names(root)
    check_stops(5)
    press_key('Escape')
    until('Preferences are closed', lambda: not find(root, 'spin button', 'Longest job'))
    press_key('ctrl+n')
    until('New capture', lambda: find(root, 'push button', 'Capture'))
    check_names(root)


def main():
    Atspi.init()
    # A program that finds no bus when it starts, as on a machine that is busy, never asks again.
    until('accessibility bus', lambda: Atspi.get_desktop(0).get_child_count() >= 0)
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ, XDG_DATA_HOME=folder, XDG_STATE_HOME=folder, GSK_RENDERER='cairo',
                           GSETTINGS_BACKEND='memory')
        environment.pop('GTK_A11Y', None)
        with subprocess.Popen([sys.argv[1], '--standalone'], env=environment) as process:
            try:
                root = until('window on the bus', lambda: application(process.pid))
                drive(sys.argv[1], root)
            finally:
                process.terminate()
    print('window driven by keyboard and read over the accessibility bus')


main()
