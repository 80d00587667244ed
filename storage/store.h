/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A store: one SQLite file with models, runs, sequences, tokens, arrays in chunks, and tables of
 * results. A file from a newer Fovea is refused unread; one from an older is read as it is, and
 * brought up to date in one transaction when it is opened for writing. One object may
 * be used from one thread at a time; traces it gives have connections of their own and may be read
 * from any. A store that is being written may be read at the same time. */
#include <gio/gio.h>

#include "analysis/table.h"
#include "capture/sink.h"
#include "capture/trace.h"

typedef struct _FoveaStore FoveaStore;

typedef enum {
    FOVEA_STORE_READ,
    FOVEA_STORE_WRITE,  /* must exist */
    FOVEA_STORE_CREATE, /* made if missing */
} FoveaStoreMode;

typedef struct {
    gint64 id;
    char *kind; /* "text", "random-repeat", "ids", "import" */
    char *model_name;
    char *model_hash;
    char *family;
    gint64 n_layers, n_heads, n_kv_heads, head_width, width, vocabulary, n_parameters;
    char *weight_dtype;
    char *options; /* JSON object: every option of the command */
    char *device, *precision, *version;
    char *created;      /* ISO 8601, UTC */
    gint64 n_sequences; /* committed */
    gint64 n_planned;   /* that it is to have; 0 = not known */
    gboolean finished;
} FoveaRunInfo;

typedef struct {
    gint64 id, run_id, position; /* position within the run, 0-based */
    char *title;
    gint64 n_tokens;
    gint64 repeat_period;
    guint64 n_bytes; /* of its chunks */
} FoveaSequenceInfo;

/**
 * fovea_store_open:
 *
 * Errors: FOVEA_ERROR_STORE (not a store, newer than this program, locked, damaged), file errors.
 * Thread: any.   Owner: caller frees with fovea_store_close(); autoptr.
 */
FoveaStore *fovea_store_open (const char *path, FoveaStoreMode mode, GError **error);

/**
 * fovea_store_close:
 *
 * NULL is fine. An unfinished sequence is rolled back.
 *
 * Thread: any.   Owner: takes @store.
 */
void fovea_store_close (FoveaStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaStore, fovea_store_close)

/**
 * fovea_store_get_path:
 *
 * Thread: any.
 * Owner: the store.
 */
const char *fovea_store_get_path (FoveaStore *store);

/**
 * fovea_store_get_uuid:
 *
 * Identity of the file, made at creation.
 *
 * Thread: any.
 * Owner: the store.
 */
const char *fovea_store_get_uuid (FoveaStore *store);

/**
 * fovea_run_info_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @info.
 */
void fovea_run_info_free (FoveaRunInfo *info);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaRunInfo, fovea_run_info_free)

/**
 * fovea_sequence_info_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @info.
 */
void fovea_sequence_info_free (FoveaSequenceInfo *info);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSequenceInfo, fovea_sequence_info_free)

/**
 * fovea_store_list_runs:
 *
 * Errors: FOVEA_ERROR_STORE.
 * Thread: the store's; blocks.   Owner: caller; of #FoveaRunInfo.
 */
GPtrArray *fovea_store_list_runs (FoveaStore *store, GError **error);

/**
 * fovea_store_list_sequences:
 * @run_id: a run, or 0 for all
 *
 * Errors: FOVEA_ERROR_STORE.
 * Thread: the store's; blocks.
 * Owner: caller; of #FoveaSequenceInfo, committed ones only, in order.
 */
GPtrArray *fovea_store_list_sequences (FoveaStore *store, gint64 run_id, GError **error);

/**
 * fovea_store_begins_with:
 * @ids: (n)
 * @begins: (out): whether a sequence's first tokens are these; TRUE if its ids were not kept
 *
 * Errors: FOVEA_ERROR_STORE.   Thread: the store's.
 */
gboolean fovea_store_begins_with (FoveaStore *store,
                                  gint64 sequence_id,
                                  const gint32 *ids,
                                  gint64 n,
                                  gboolean *begins,
                                  GError **error);

/**
 * fovea_store_remove_sequence:
 *
 * Removes a committed sequence with its arrays, tokens, notes and codes, those that stand by latent
 * among others' included. Tables that were measured with it stay as they are. No later sequence gets
 * its id, nor the arrays' theirs: a trace of it fails from now on. Damage does not keep it: a part of a
 * latent's codes that cannot be read stays so until the dictionary is encoded again.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND; FOVEA_ERROR_STORE, also for one of an unfinished run.
 * Thread: the store's; blocks.
 */
gboolean fovea_store_remove_sequence (FoveaStore *store, gint64 sequence_id, GError **error);

/**
 * fovea_store_begin_run:
 * @kind: "text", "random-repeat", "ids", "import"
 * @options: JSON object of every option of the command
 *
 * A new run; gives its id, 0 on failure. The model's row is written with the first sequence.
 *
 * Errors: FOVEA_ERROR_STORE.   Thread: the store's; blocks.
 */
gint64 fovea_store_begin_run (FoveaStore *store,
                              const char *kind,
                              const char *options,
                              const char *device,
                              const char *precision,
                              GError **error);

/**
 * fovea_store_plan_run:
 * @n_sequences: that it is to have in the end
 *
 * So that whoever finds it unfinished can say how far it is.
 *
 * Errors: FOVEA_ERROR_STORE.   Thread: the store's; blocks.
 */
gboolean
fovea_store_plan_run (FoveaStore *store, gint64 run_id, gint64 n_sequences, GError **error);

/* Of each kind a store has one at a time; one of each get along. */
typedef enum {
    FOVEA_WRITER_SEQUENCES, /* a capture */
    FOVEA_WRITER_CODES,     /* an encoding */
} FoveaWriterKind;

/**
 * fovea_store_has_writer:
 *
 * Whether somebody writes such rows into the store at @path just now, this program or another. Costs two looks
 * at a file.
 *
 * Thread: any.
 */
gboolean fovea_store_has_writer (const char *path, FoveaWriterKind kind);

/**
 * fovea_store_require_idle:
 *
 * For whoever is about to write such rows, before he begins with what comes first.
 *
 * Errors: FOVEA_ERROR_STORE while somebody does, as fovea_store_has_writer() tells.
 * Thread: the store's.
 */
gboolean fovea_store_require_idle (FoveaStore *store, FoveaWriterKind kind, GError **error);

/**
 * fovea_store_find_unfinished_run:
 *
 * For --resume: the newest unfinished run with the same kind and options, 0 if there is none.
 *
 * Errors: FOVEA_ERROR_STORE; the id is 0 then too.   Thread: the store's.
 */
gint64 fovea_store_find_unfinished_run (FoveaStore *store,
                                        const char *kind,
                                        const char *options,
                                        GError **error);

/**
 * fovea_store_finish_run:
 *
 * Marks a run complete.
 *
 * Errors: FOVEA_ERROR_STORE.   Thread: the store's; blocks.
 */
gboolean fovea_store_finish_run (FoveaStore *store, gint64 run_id, GError **error);

/**
 * fovea_store_new_sink:
 * @first_position: position of the first sequence that will be written
 *
 * A sink whose sequences land in @run_id, each in one transaction; checksums, conversion and
 * writing happen on a thread of its own behind a bounded queue.
 *
 * Errors: FOVEA_ERROR_STORE if the store is open for reading only or another capture writes into
 * it. The sink's own: FOVEA_ERROR_STORE, also for a model that is not the run's; %G_FILE_ERROR.
 * Thread: the store's; the sink's calls come from one thread.
 * Owner: caller frees with fovea_sink_free() before the store.
 */
FoveaSink *
fovea_store_new_sink (FoveaStore *store, gint64 run_id, gint64 first_position, GError **error);

/**
 * fovea_store_predict_memory:
 * @arrays: of #FoveaArray: what a sequence keeps
 *
 * Bytes that a sink holds while they are written: rows on their way to chunks, chunks that wait for
 * the disk, and pages of the file.
 *
 * Thread: any.
 */
guint64 fovea_store_predict_memory (GPtrArray *arrays);

/**
 * fovea_store_open_trace:
 * @sequence_id: from fovea_store_list_sequences()
 *
 * Errors: FOVEA_ERROR_NOT_FOUND, FOVEA_ERROR_STORE.
 * Thread: the store's.
 * Owner: caller, fovea_trace_unref().
 */
FoveaTrace *fovea_store_open_trace (FoveaStore *store, gint64 sequence_id, GError **error);

/**
 * fovea_store_put_table:
 * @run_id: the run it is about, 0 = the whole store
 *
 * Keeps a table of results (replacing one of the same name, run and notes). "heads" also fills rows
 * of head_score, "recall" rows of curve_point.
 *
 * Errors: FOVEA_ERROR_STORE; then the old table stays.   Thread: the store's; blocks.
 */
gboolean
fovea_store_put_table (FoveaStore *store, gint64 run_id, FoveaTable *table, GError **error);

/**
 * fovea_store_get_table:
 *
 * The newest table called @name about @run_id (0 = any), NULL without error if there is none.
 *
 * Errors: FOVEA_ERROR_STORE.
 * Thread: the store's; blocks.   Owner: caller, fovea_table_unref().
 */
FoveaTable *
fovea_store_get_table (FoveaStore *store, gint64 run_id, const char *name, GError **error);

typedef enum {
    FOVEA_NOTE_IS,       /* the whole text */
    FOVEA_NOTE_HAS_WORD, /* between spaces */
} FoveaNoteMatch;

/**
 * fovea_store_find_table:
 * @note: key of a note
 * @match: what of the note @text is
 * @also: (nullable): key of another note
 * @also_text: (nullable): all of that; NULL = it has none
 *
 * The newest table called @name, about any run, with such notes; NULL without error if there is
 * none.
 *
 * Errors: FOVEA_ERROR_STORE.   Thread: the store's.   Owner: caller, fovea_table_unref().
 */
FoveaTable *fovea_store_find_table (FoveaStore *store,
                                    const char *name,
                                    const char *note,
                                    FoveaNoteMatch match,
                                    const char *text,
                                    const char *also,
                                    const char *also_text,
                                    GError **error);

/**
 * fovea_store_list_table_notes:
 * @note: key of a note
 * @word: of its text, between spaces
 * @also: key of another note
 *
 * What the other note of tables called @name with such a note says: each text once, "" where there is none;
 * NULL without error if there is no such table.
 *
 * Errors: FOVEA_ERROR_STORE.   Thread: the store's.   Owner: caller, g_strfreev().
 */
char **fovea_store_list_table_notes (FoveaStore *store,
                                     const char *name,
                                     const char *note,
                                     const char *word,
                                     const char *also,
                                     GError **error);

/**
 * fovea_store_remove_table:
 * @note: key of a note
 * @text: all of it
 * @also: key of another note
 * @also_text: (nullable): all of that; NULL = it has none
 *
 * All tables called @name, about any run, with such notes. None is fine.
 *
 * Errors: FOVEA_ERROR_STORE.   Thread: the store's; blocks.
 */
gboolean fovea_store_remove_table (FoveaStore *store,
                                   const char *name,
                                   const char *note,
                                   const char *text,
                                   const char *also,
                                   const char *also_text,
                                   GError **error);

/**
 * fovea_store_replace_table:
 * @note: key of a note that @table has
 * @also: key of a note that it may have
 *
 * As fovea_store_put_table(), in place of all tables of the same name with the same text of this
 * note, whatever run they are about, and of those about @run_id that have no such note; but of none whose
 * note @also is another or is not there where that of @table is.
 *
 * Errors: FOVEA_ERROR_STORE; then the old tables stay.   Thread: the store's; blocks.
 */
gboolean fovea_store_replace_table (FoveaStore *store,
                                    gint64 run_id,
                                    FoveaTable *table,
                                    const char *note,
                                    const char *also,
                                    GError **error);

/**
 * fovea_store_check:
 * @progress: (nullable) (scope call): bytes done of all
 *
 * Verifies SQLite's own integrity, that every sequence opens, and checksum and size of all that is
 * kept of it, codes included. Damage comes back as a table: sequence, title, array, row.
 *
 * Errors: only what keeps the check from running.
 * Thread: the store's.
 * Owner: caller; an empty table means sound.
 */
FoveaTable *fovea_store_check (FoveaStore *store,
                               void (*progress) (gpointer data, guint64 done, guint64 total),
                               gpointer progress_data,
                               GCancellable *cancellable,
                               GError **error);
