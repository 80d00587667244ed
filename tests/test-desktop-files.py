#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
"""test-desktop-files.py ROOT: desktop entry, metainfo, MIME type and settings schema agree with each
other and with the store's own header, and the tools of the desktop take them. A check whose tool is
not installed says so and is passed over."""
import configparser
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as tree

ROOT = sys.argv[1]
ID = 'org.fovea.Fovea'
TYPE = 'application/x-fovea'
MIME = '{http://www.freedesktop.org/standards/shared-mime-info}'


def data(name):
    return os.path.join(ROOT, 'data', name)


def check(holds, what):
    if not holds:
        sys.exit('wrong: ' + what)
    print('ok', what)


def read_entry():
    entry = configparser.ConfigParser(interpolation=None, strict=True)
    entry.optionxform = str
    entry.read(data(ID + '.desktop'), encoding='utf-8')
    return entry['Desktop Entry']


def check_names():
    entry = read_entry()
    info = tree.parse(data(ID + '.metainfo.xml')).getroot()
    check(entry['Icon'] == ID and entry['Exec'].split()[0] == 'fovea-window', 'entry names icon and program')
    check(entry['MimeType'] == TYPE + ';', 'entry opens stores')
    check(info.findtext('id') == ID, 'metainfo names the application')
    check(info.findtext('launchable') == ID + '.desktop', 'metainfo names the entry')
    check(info.findtext('provides/mediatype') == TYPE, 'metainfo names the type')
    version = re.search(r"version: '([^']+)'", open(os.path.join(ROOT, 'meson.build')).read())[1]
    check(info.find('releases/release').get('version') == version, 'metainfo tells of this version')


def validate_entry():
    """The specification's own checker, hints included; it says nothing about a good entry."""
    if shutil.which('desktop-file-validate') is None:
        print('skipped: no desktop-file-validate')
        return
    said = subprocess.run(['desktop-file-validate', data(ID + '.desktop')], capture_output=True, text=True)
    check(said.returncode == 0 and said.stdout + said.stderr == '', 'the entry is valid ' + said.stdout)


def merge_entry():
    """A translation of the comment comes into the entry that gets installed."""
    if shutil.which('msgfmt') is None:
        print('skipped: no msgfmt')
        return
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, 'de.po'), 'w', encoding='utf-8') as po:
            po.write('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
                     'msgid "See where a transformer looks"\nmsgstr "Sehen, wohin ein Transformer blickt"\n')
        with open(os.path.join(folder, 'LINGUAS'), 'w', encoding='utf-8') as languages:
            languages.write('de\n')
        merged = os.path.join(folder, 'merged.desktop')
        subprocess.run(['msgfmt', '--desktop', '--template', data(ID + '.desktop'), '-d', folder, '-o', merged],
                       check=True)
        text = open(merged, encoding='utf-8').read()
        check('Comment[de]=Sehen, wohin ein Transformer blickt\n' in text, 'the entry takes translations')
        check('Comment=See where a transformer looks\n' in text, 'and keeps its own words')


def check_magic():
    mime = tree.parse(data(ID + '.mime.xml')).getroot().find(MIME + 'mime-type')
    header = open(os.path.join(ROOT, 'storage', 'schema.h')).read()
    store_id = int(re.search(r'FOVEA_STORE_APPLICATION_ID (0x[0-9a-f]+)', header)[1], 16)
    matches = list(mime.iter(MIME + 'match'))
    check(mime.get('type') == TYPE, 'MIME type')
    check(int(matches[1].get('value'), 16) == store_id, 'magic is the application id of stores')
    return store_id


def recognise(store_id):
    """What GIO calls a store, by its name and, without one, by its first bytes."""
    if shutil.which('update-mime-database') is None or shutil.which('gio') is None:
        print('skipped: no update-mime-database or gio')
        return
    with tempfile.TemporaryDirectory() as folder:
        os.makedirs(os.path.join(folder, 'mime', 'packages'))
        shutil.copy(data(ID + '.mime.xml'), os.path.join(folder, 'mime', 'packages', ID + '.xml'))
        subprocess.run(['update-mime-database', os.path.join(folder, 'mime')], check=True,
                       stderr=subprocess.DEVNULL)
        environment = dict(os.environ, XDG_DATA_HOME=folder)
        header = b'SQLite format 3\0' + bytes(52) + struct.pack('>I', store_id) + bytes(440)
        for name, content in (('a.fovea', header), ('nameless', header)):
            path = os.path.join(folder, name)
            with open(path, 'wb') as file:
                file.write(content)
            said = subprocess.run(['gio', 'info', '-a', 'standard::content-type', path], env=environment,
                                  capture_output=True, text=True, check=True).stdout
            check(TYPE in said, f'{name} is a store')


def check_schema():
    if shutil.which('glib-compile-schemas') is None:
        print('skipped: no glib-compile-schemas')
        return
    subprocess.run(['glib-compile-schemas', '--strict', '--dry-run', data('')], check=True)
    keys = {key.get('name') for key in tree.parse(data(ID + '.gschema.xml')).getroot().iter('key')}
    used, window = set(), os.path.join(ROOT, 'app', 'window')
    named = dict(re.findall(r'#define (FOVEA_KEY_\w+) +"([^"]+)"',
                            open(os.path.join(window, 'preferences.h'), encoding='utf-8').read()))
    for folder, _, names in os.walk(window):
        for name in names:
            if name.endswith('.c'):
                text = open(os.path.join(folder, name), encoding='utf-8').read()
                used |= set(re.findall(r'g_settings_[gs]et\w*\s*\(\s*settings,\s*"([^"]+)"', text))
                used |= {key for name, key in named.items() if name in text}
    check(used == keys, f'every setting is used and every used one is there {used ^ keys}')


check_names()
validate_entry()
merge_entry()
recognise(check_magic())
check_schema()
