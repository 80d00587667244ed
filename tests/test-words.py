#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
"""test-words.py ROOT: every word that the window shows can be translated. Literals that reach a
function which shows text are marked, po/POTFILES names exactly the files with marks, and the template
that xgettext makes of them keeps what printf fills in."""
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = sys.argv[1]
TOKEN = re.compile(r'/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\]|\\.)\'|[A-Za-z_]\w*|[^\s]', re.S)
MARKS = {'_', 'N_', 'ngettext'}
# Function -> which of its arguments people read.
SHOWN = {
    'fovea_choice_new': {1}, 'fovea_data_table_add_column': {1}, 'fovea_data_table_new': {0},
    'fovea_features_page_set_busy': {1}, 'fovea_form_add_row': {2}, 'fovea_form_new_number': {0},
    'fovea_form_new_path': {1}, 'fovea_label_draw': {2}, 'fovea_section_set': {1, 3},
    'fovea_sparse_page_show_failure': {1}, 'fovea_features_page_show_failure': {1},
    'fovea_status_line_set_text': {1}, 'fovea_window_end_job': {2}, 'fovea_window_show_failure': {1},
    'fovea_window_start_job': {1}, 'g_menu_append': {1}, 'g_menu_append_submenu': {1},
    'gtk_accessible_update_property': {2, 4, 6}, 'gtk_button_new_with_label': {0},
    'gtk_check_button_new_with_label': {0}, 'gtk_entry_set_placeholder_text': {1},
    'gtk_file_chooser_native_new': {0, 3, 4}, 'gtk_file_filter_set_name': {1},
    'gtk_info_bar_add_button': {1}, 'gtk_label_new': {0}, 'gtk_label_set_text': {1},
    'gtk_stack_add_titled': {3}, 'gtk_toggle_button_new_with_label': {0},
    'gtk_widget_set_tooltip_text': {1}, 'gtk_window_set_title': {1},
}
# Not English: the program's name, an example of what one types, letters of keys.
PLAIN = {'Fovea', 'blocks.{0,3-5}.attn.hook_z'}


def check(holds, what):
    if not holds:
        sys.exit('wrong: ' + what)
    print('ok', what)


def sources():
    """What is for the window alone, and what app/ says in it."""
    for folder in ('app', os.path.join('app', 'window'), 'ui'):
        for name in sorted(os.listdir(os.path.join(ROOT, folder))):
            if name.endswith('.c'):
                path = os.path.join(folder, name)
                yield path, open(os.path.join(ROOT, path), encoding='utf-8').read()


def literals(text):
    """(line, call, argument, literal): each string with the call that it is an argument of."""
    stack, before = [], None
    for found in TOKEN.finditer(text):
        token = found[0]
        if token.startswith('/*'):
            continue
        if token[0] == '"' and stack:
            yield text.count('\n', 0, found.start()) + 1, *stack[-1], token[1:-1]
        if token in '([{':
            stack.append([before if token == '(' else token, 0])
        elif token in ')]}' and stack:
            stack.pop()
        elif token == ',' and stack:
            stack[-1][1] += 1
        before = token


def list_unmarked(path, text):
    for line, call, argument, literal in literals(text):
        words = re.sub(r'%[^a-zA-Z]*[a-zA-Z]|\\u[0-9A-Fa-f]{4}|\\.', '', literal)
        if argument in SHOWN.get(call, ()) and re.search('[A-Za-z]{2}', words) and literal not in PLAIN:
            yield f'{path}:{line}: "{literal}"'


def check_reader():
    """The reader of this test finds what it should in a text of four lines."""
    sample = 'f (_ ("Heads"));\ngtk_label_new ("Map");\ngtk_label_new (\n  x ? _ ("a b") : "Lens");\n'
    found = list(list_unmarked('x.c', sample))
    check(found == ['x.c:2: "Map"', 'x.c:4: "Lens"'], 'unmarked words are found, marked ones are not')


def check_marks():
    unmarked = [entry for path, text in sources() for entry in list_unmarked(path, text)]
    check(not unmarked, 'every shown literal is marked\n' + '\n'.join(unmarked))


def has_marks(text):
    return any(call in MARKS for _, call, _, _ in literals(text))


def check_list():
    listed = [line for line in open(os.path.join(ROOT, 'po', 'POTFILES'), encoding='utf-8').read().split('\n')
              if line.endswith('.c')]
    marked = [path for path, text in sources() if has_marks(text)]
    check(len(listed) == len(set(listed)), 'POTFILES names each file once')
    check(set(listed) == set(marked), f'POTFILES names the files with marks {set(listed) ^ set(marked)}')


def check_template():
    if shutil.which('xgettext') is None:
        print('skipped: no xgettext')
        return
    spec = importlib.util.spec_from_file_location('pseudo', os.path.join(ROOT, 'tests', 'make-pseudo.py'))
    pseudo = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pseudo)
    with tempfile.TemporaryDirectory() as folder:
        template = os.path.join(folder, 'fovea.pot')
        files = [path for path, text in sources() if has_marks(text)]
        done = subprocess.run(['xgettext', '--from-code=UTF-8', '--language=C', '--keyword=_', '--keyword=N_',
                               '--output', template, *files], cwd=ROOT, check=True, capture_output=True, text=True)
        check(done.stderr == '', 'xgettext has nothing to say' + done.stderr)
        entries = [entry for _, entry in pseudo.read_entries(template) if entry['msgid'] != '']
        check(len(entries) > 500, f'{len(entries)} texts')
        out = os.path.join(folder, 'qps.po')
        pseudo.write(pseudo.read_entries(template), out)
        done = subprocess.run(['msgfmt', '--check-format', '--statistics', '--output-file', os.devnull, out],
                              check=True, capture_output=True, text=True)
        check(f'{len(entries)} translated' in done.stderr, 'the made-up language has them all: ' + done.stderr.strip())
        lost = [entry['msgid'] for entry in entries if not re.sub(r'%|[^A-Za-z▲▼▶]', '', entry['msgid'])]
        check(not lost, f'every text has letters {lost}')


check_reader()
check_marks()
check_list()
check_template()
