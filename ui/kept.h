/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What a window is to find again at its next start: choices by name, each a property of a widget or model, or
 * what two functions say of one. A name that is not known any more, and a value that cannot be, are left out
 * quietly. */
#include <gtk/gtk.h>

#define FOVEA_TYPE_KEPT (fovea_kept_get_type ())
G_DECLARE_FINAL_TYPE (FoveaKept, fovea_kept, FOVEA, KEPT, GObject)

/* The value is floating. */
typedef GVariant *(*FoveaKeptGet) (gpointer object);
/* The value is of the type that the other function gives. */
typedef void (*FoveaKeptSet) (gpointer object, GVariant *value);

/**
 * fovea_kept_new:
 *
 * Signal: "changed" (a choice).
 *
 * Thread: main.   Owner: caller.
 */
FoveaKept *fovea_kept_new (void);

/**
 * fovea_kept_add:
 * @name: a literal
 * @object: held
 * @property: boolean, int, uint, double or string; "selected" of a drop-down is one of its rows
 *
 * Thread: main.
 */
void fovea_kept_add (FoveaKept *self, const char *name, gpointer object, const char *property);

/**
 * fovea_kept_add_value:
 * @name: a literal
 * @object: held
 * @signal: (nullable): of @object, when it may have another value
 *
 * Thread: main.
 */
void fovea_kept_add_value (FoveaKept *self,
                           const char *name,
                           gpointer object,
                           const char *signal,
                           FoveaKeptGet get,
                           FoveaKeptSet set);

/**
 * fovea_kept_list:
 * @into: to which all choices are added as they are, by name
 *
 * Thread: main.
 */
void fovea_kept_list (FoveaKept *self, GVariantDict *into);

/**
 * fovea_kept_restore:
 * @choices: of those names (a{sv})
 *
 * In the order in which they were added; what is so already is left alone.   Thread: main.
 */
void fovea_kept_restore (FoveaKept *self, GVariant *choices);
