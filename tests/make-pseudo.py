#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
"""make-pseudo.py TEMPLATE.pot OUT.po: a made-up language. Every text stands in brackets and is a third
longer, as translations of English are; what printf fills in stays. A window in it shows which words
were left unmarked and which labels have no room."""
import re
import sys

STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')


def read_entries(path):
    """[(flags, {keyword: text})] of a template as xgettext writes it."""
    for block in open(path, encoding='utf-8').read().split('\n\n'):
        entry, last, flags = {}, None, ''
        for line in block.splitlines():
            if line.startswith('#,'):
                flags += line
            word = re.match(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?) ', line)
            if word:
                last = word[1]
            if last and not line.startswith('#'):
                entry[last] = entry.get(last, '') + ''.join(STRING.findall(line))
        if 'msgid' in entry:
            yield flags, entry


def lengthen(text):
    """The marks come before white space at the end, which joins one text to the next."""
    body = text.rstrip(' ')
    plain = re.sub(r'%[^a-zA-Z<]*(?:<\w+>|[a-zA-Z])|\\.', '', body)
    return '[' + body + '~' * max(2, len(plain) * 3 // 10) + ']' + text[len(body):]


def write(entries, path):
    with open(path, 'w', encoding='utf-8') as out:
        out.write('msgid ""\nmsgstr ""\n"Language: qps\\n"\n"MIME-Version: 1.0\\n"\n'
                  '"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
                  '"Plural-Forms: nplurals=2; plural=n != 1;\\n"\n')
        for flags, entry in entries:
            if entry['msgid'] == '':
                continue
            out.write(f'\n{flags}\n' if flags else '\n')
            if 'msgctxt' in entry:
                out.write(f'msgctxt "{entry["msgctxt"]}"\n')
            out.write(f'msgid "{entry["msgid"]}"\n')
            if 'msgid_plural' in entry:
                out.write(f'msgid_plural "{entry["msgid_plural"]}"\n'
                          f'msgstr[0] "{lengthen(entry["msgid"])}"\n'
                          f'msgstr[1] "{lengthen(entry["msgid_plural"])}"\n')
            else:
                out.write(f'msgstr "{lengthen(entry["msgid"])}"\n')


if __name__ == '__main__':
    write(read_entries(sys.argv[1]), sys.argv[2])
