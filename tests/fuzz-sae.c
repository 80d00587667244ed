/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A folder of a sparse autoencoder. The first byte says whose folder it is, the next two how long its
 * JSON is, and the rest is its file of tensors. What loads must be sound by its own check, and be the
 * same when it was saved and loaded again. */
#include <stdlib.h>

#include <glib/gstdio.h>

#include "analysis/sae-file.h"
#include "tests/fuzz.h"

static const struct {
    const char *json, *tensors;
} layouts[] = {
    {"cfg.json", "sae_weights.safetensors"},   {"cfg.json", "sae.safetensors"},
    {"hyperparams.json", "final.safetensors"}, {"config.json", "ae.safetensors"},
    {"activation_scaler.json", "params.npz"},
};

static char *folder, *copy;

static void
clean (const char *path)
{
    g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
        g_autofree char *file = g_build_filename (path, name, NULL);
        g_unlink (file);
    }
}

static void
remove_folders (void)
{
    clean (copy);
    g_rmdir (copy);
    clean (folder);
    g_rmdir (folder);
}

static void
write_file (const char *name, const guint8 *data, gsize size)
{
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_assert (g_file_set_contents_full (path, (const char *) data, (gssize) size,
                                        G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

/* A pair of names may be a member of the other's JSON only in what Fovea does not read. */
static void
check_again (FoveaSae *sae)
{
    g_autofree char *hash = fovea_sae_hash (sae);
    g_assert (fovea_sae_check (sae, NULL));
    if (sae->dtype != FOVEA_F32 || !fovea_sae_save (sae, copy, NULL))
        return;
    g_autoptr (FoveaSae) again = fovea_sae_load (copy, NULL);
    g_assert (again != NULL);
    g_assert (again->d_in == sae->d_in && again->d_sae == sae->d_sae);
    g_autofree char *second = fovea_sae_hash (again);
    g_assert (again->architecture != sae->architecture || g_str_equal (hash, second));
}

void
fuzz_one (const guint8 *data, gsize size)
{
    if (folder == NULL) {
        folder = g_dir_make_tmp ("fovea-fuzz-XXXXXX", NULL);
        copy = g_dir_make_tmp ("fovea-fuzz-XXXXXX", NULL);
        atexit (remove_folders);
    }
    if (size < 3)
        return;
    guint which = data[0] % G_N_ELEMENTS (layouts);
    gsize json = MIN ((gsize) data[1] | (gsize) data[2] << 8, size - 3);
    clean (folder);
    clean (copy);
    write_file (layouts[which].json, data + 3, json);
    write_file (layouts[which].tensors, data + 3 + json, size - 3 - json);
    g_autoptr (FoveaSae) sae = fovea_sae_load (folder, NULL);
    if (sae != NULL)
        check_again (sae);
}
