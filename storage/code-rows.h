/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Codes of sparse autoencoders in a store: compressed sparse rows by sequence, and the same codes by
 * latent, so that where a latent fires is one look into an index. A dictionary is found when all of its
 * codes are there: until then its hash ends in "+", and only the writer that goes on finds it. */
#include "analysis/sae-codes.h"
#include "storage/store.h"

/* Whose codes they are. */
typedef struct {
    const char *hash; /* of settings and numbers, hex */
    const char *name; /* of its folder */
    const char *site, *architecture;
    gint64 n_latents;
    const char *options; /* JSON: all else that its codes depend on; NULL = not known */
} FoveaDictionary;

/* Behind the hash of one that is not finished. */
#define FOVEA_UNFINISHED_CODES "+"

/* The widest that papers tell of have as many; readers make room by this number. */
#define FOVEA_MOST_LATENTS ((gint64) 1 << 24)

typedef struct _FoveaCodeWriter FoveaCodeWriter;

/**
 * fovea_code_writer_new:
 * @store: opened for writing; must outlive the writer
 *
 * Goes on with codes that a writer of the same dictionary and options left, if the options are known, or
 * finished before the store got more sequences; others of it that are not finished go with the first that are
 * written. Codes of the same dictionary that are finished are replaced when the writer finishes.
 *
 * Errors: FOVEA_ERROR_STORE, also while another writer, of codes or sequences, is at work;
 * FOVEA_ERROR_RANGE for more than FOVEA_MOST_LATENTS.
 * Thread: the store's.
 * Owner: caller frees with fovea_code_writer_free(); autoptr.
 */
FoveaCodeWriter *
fovea_code_writer_new (FoveaStore *store, const FoveaDictionary *dictionary, GError **error);

/**
 * fovea_code_writer_free:
 *
 * Without fovea_code_writer_finish() what was added stays for the next writer of the same. NULL is fine.
 *
 * Thread: the store's.   Owner: takes @writer.
 */
void fovea_code_writer_free (FoveaCodeWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaCodeWriter, fovea_code_writer_free)

/**
 * fovea_code_writer_get_n_kept:
 *
 * Sequences that an earlier writer has left.   Thread: the store's.
 */
guint fovea_code_writer_get_n_kept (FoveaCodeWriter *writer);

/**
 * fovea_code_writer_has:
 *
 * Whether an earlier writer has left the codes of a sequence, sound.   Thread: the store's.
 */
gboolean fovea_code_writer_has (FoveaCodeWriter *writer, gint64 sequence_id);

/**
 * fovea_code_writer_add:
 * @positions: (codes->n_rows) rising: tokens that the rows are
 *
 * Codes of one sequence that it has none of yet; committed within half a second of adding, or with the next
 * that is added after.
 *
 * Errors: FOVEA_ERROR_STORE; FOVEA_ERROR_SHAPE for codes over another number of latents.
 * Thread: the store's; blocks.
 */
gboolean fovea_code_writer_add (FoveaCodeWriter *writer,
                                gint64 sequence_id,
                                const gint64 *positions,
                                const FoveaSaeCodes *codes,
                                GError **error);

/**
 * fovea_code_writer_finish:
 *
 * Makes the codes by latent, and the dictionary one that is found. Memory: 24 bytes a code, of four
 * million at a time. What stops it loses no codes.
 *
 * Errors: FOVEA_ERROR_STORE; G_IO_ERROR_CANCELLED.   Thread: the store's; blocks.
 */
gboolean
fovea_code_writer_finish (FoveaCodeWriter *writer, GCancellable *cancellable, GError **error);

/**
 * fovea_store_find_dictionary:
 * @id: (out): 0 if the store has no codes of it
 * @n_tokens: (out) (optional): rows that were encoded
 *
 * Errors: FOVEA_ERROR_STORE.   Thread: the store's.
 */
gboolean fovea_store_find_dictionary (
    FoveaStore *store, const char *hash, gint64 *id, gint64 *n_tokens, GError **error);

/**
 * fovea_code_rows_check_width:
 *
 * Whether a dictionary's row may be believed.
 *
 * Errors: FOVEA_ERROR_STORE.   Thread: any.
 */
gboolean fovea_code_rows_check_width (const FoveaStore *store,
                                      gint64 dictionary,
                                      gint64 n_latents,
                                      GError **error);

/**
 * fovea_store_read_firings:
 *
 * Where a latent fires, in the order of sequences and positions; empty if it never does.
 *
 * Errors: FOVEA_ERROR_STORE, also for a part whose checksum is wrong or whose codes are no numbers.
 * Thread: the store's; blocks.   Owner: caller, g_array_unref(); of #FoveaFiring.
 */
GArray *
fovea_store_read_firings (FoveaStore *store, gint64 dictionary, gint32 latent, GError **error);

/**
 * fovea_store_read_codes:
 * @positions: (out): tokens that the rows are; caller's, g_free()
 *
 * Codes of one sequence.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND if they are not kept; FOVEA_ERROR_STORE if they are damaged.
 * Thread: the store's; blocks.   Owner: caller.
 */
FoveaSaeCodes *fovea_store_read_codes (
    FoveaStore *store, gint64 dictionary, gint64 sequence_id, gint64 **positions, GError **error);
