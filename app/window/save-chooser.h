/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Asks where to save something that can be had in several formats: by a filter or by the ending of the
 * name, which says the format. */
#include <gtk/gtk.h>

typedef struct {
    const char *ending; /* "pdf" */
    const char *name;   /* "PDF, text stays text" */
} FoveaSaveFormat;

/* @path has the ending of one of the formats. */
typedef void (*FoveaSaveChosen) (gpointer object, const char *path);

/**
 * fovea_save_chooser_ask:
 * @stem: the name to begin with, without an ending
 * @formats: what is offered, the first to begin with; must live as long as the program
 * @object: a GObject, for @chosen; not called once it is gone
 *
 * Thread: main.
 */
void fovea_save_chooser_ask (GtkWindow *parent,
                             const char *title,
                             const char *stem,
                             const FoveaSaveFormat *formats,
                             guint n,
                             FoveaSaveChosen chosen,
                             gpointer object);

/**
 * fovea_save_chooser_complete:
 * @chosen: the filter's number
 *
 * @path with the ending of the filter; NULL if it has that of a format.   Owner: caller, g_free().
 */
char *fovea_save_chooser_complete (const char *path,
                                   const FoveaSaveFormat *formats,
                                   guint n,
                                   guint chosen);
