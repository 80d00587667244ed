/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Text from files as a terminal or a picture may be given it: names of models, titles and tokens are
 * whatever a file says, and a control character among them would steer the terminal that it is shown
 * on, or end an SVG's reader. */
#include <glib.h>

/**
 * fovea_plain_text_append_character:
 * @text: not at its end
 *
 * Appends the character at @text; the bytes of a control character and a byte that is no UTF-8 are
 * spelled, "\x1B". Gives how many bytes of @text that was.
 *
 * Thread: any.
 */
gsize fovea_plain_text_append_character (GString *out, const char *text);

/**
 * fovea_plain_text:
 *
 * All of @text in one line: line breaks and tabs become blanks, the rest is as above.
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_plain_text (const char *text);
