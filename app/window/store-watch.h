/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Tells when a store grew, whoever writes it: a command that captures a book, another window. And when its
 * file went away, or came back. */
#include <gio/gio.h>

typedef struct _FoveaStoreWatch FoveaStoreWatch;

/* Looks for the store again; FALSE = it is not the time, ask once more after a pause. */
typedef gboolean (*FoveaStoreWatchFunc) (gpointer data, const char *path);

/**
 * fovea_store_watch_new:
 * @changed: called some time after a change, at most every two seconds for a store
 *
 * Thread: main.   Owner: caller, fovea_store_watch_free(); autoptr.
 */
FoveaStoreWatch *fovea_store_watch_new (FoveaStoreWatchFunc changed, gpointer data);

/**
 * fovea_store_watch_free:
 *
 * NULL is fine. Nothing is told any more.   Thread: main.   Owner: takes @watch.
 */
void fovea_store_watch_free (FoveaStoreWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaStoreWatch, fovea_store_watch_free)

/**
 * fovea_store_watch_add:
 *
 * Nothing new for a store that is watched already, and nothing at all where files cannot be.
 *
 * Thread: main.
 */
void fovea_store_watch_add (FoveaStoreWatch *watch, const char *path);

/**
 * fovea_store_watch_remove:
 *
 * Nothing more is told of a store; one that is not watched is fine.   Thread: main.
 */
void fovea_store_watch_remove (FoveaStoreWatch *watch, const char *path);
