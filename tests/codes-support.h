/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Codes of a small dictionary in a small store, each number known: what the suites about codes share. */
#include <string.h>

#include "storage/code-rows.h"
#include "storage/dictionary.h"
#include "tests/store-support.h"

enum {
    N_SEQUENCES = 2,
    T = 40,
    F = 6,
};

static const FoveaDictionary dictionary = {"abcd", "mine", "blocks.1.hook_resid_pre", "abstopk", F};

/* Rows at tokens 1, 4 and 5; the second is empty. */
static gint64 positions[] = {1, 4, 5};
static gint64 offsets[] = {0, 2, 2, 4};
static gint32 latents[] = {0, 5, 2, 5};
static float values[] = {.5f, -1, 2, 3};
static const FoveaSaeCodes rows = {3, F, offsets, latents, values, NULL, NULL};

static G_GNUC_UNUSED FoveaStore *
write_codes (gboolean finish)
{
    g_autoptr (GError) error = NULL;
    FoveaStore *store = store_open (FOVEA_STORE_WRITE);
    g_autoptr (FoveaCodeWriter) writer = fovea_code_writer_new (store, &dictionary, &error);
    ck_assert_msg (writer != NULL, "%s", error != NULL ? error->message : "");
    for (gint64 s = 1; s <= N_SEQUENCES; s++)
        ck_assert_msg (fovea_code_writer_add (writer, s, positions, &rows, &error), "%s",
                       error != NULL ? error->message : "");
    if (finish)
        ck_assert_msg (fovea_code_writer_finish (writer, NULL, &error), "%s",
                       error != NULL ? error->message : "");
    return store;
}

static G_GNUC_UNUSED gint64
find (FoveaStore *store)
{
    gint64 id;
    ck_assert (fovea_store_find_dictionary (store, "abcd", &id, NULL, NULL));
    return id;
}

/* Whether the check names codes by latent (of the file, 0) or of @sequence, and nothing else. */
static G_GNUC_UNUSED gboolean
check_names (FoveaStore *store, gint64 sequence, const char *title)
{
    g_autoptr (FoveaTable) damage = fovea_store_check (store, NULL, NULL, NULL, NULL);
    gboolean found = FALSE;
    for (guint i = 0; i < fovea_table_get_n_rows (damage); i++) {
        ck_assert_str_eq (fovea_table_get_text (damage, i, 2), "codes of mine");
        found |= fovea_table_get_integer (damage, i, 0) == sequence &&
                 strstr (fovea_table_get_text (damage, i, 1), title) != NULL;
    }
    return found;
}
