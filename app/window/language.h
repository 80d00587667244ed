/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The window's words in the language of the desktop. Words of ui/ and app/window are marked with
 * _(); errors of the libraries, the command's output and the names of roles, points and methods stay
 * English, since people search for those and type them into filters. */
#include <glib.h>

#define FOVEA_TEXT_DOMAIN "fovea"

/**
 * fovea_language_find:
 *
 * Folder of the translations: $FOVEA_LOCALE_DIR, else that of the build tree if this is a program
 * of it, else the installed one. It need not exist: then all is English.
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_language_find (void);

/**
 * fovea_language_start:
 *
 * Sets the process's locale from the environment, numbers excepted, and says where its words come
 * from.
 *
 * Thread: main, before GTK starts.
 */
void fovea_language_start (void);
