/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Looks at names, and at the first bytes of a .bin, which may be llama2.c's or a pickle. Nothing is
 * ever unpickled. */
#include "capture/model-files.h"

#include <stdio.h>
#include <string.h>

#include "fovea-config.h"

static const char DEMO_NAME[] = "fovea-demo";

void
fovea_model_files_free (FoveaModelFiles *files)
{
    if (files == NULL)
        return;
    g_free (files->name);
    g_free (files->folder);
    g_free (files->config);
    g_free (files->weights);
    g_free (files);
}

/* The folder of the bundled model, or NULL after saying where it was looked for. */
static char *
find_demo (GError **error)
{
    const char *roots[] = {g_getenv ("FOVEA_DATA_DIR"), FOVEA_DATA_DIR, FOVEA_SOURCE_DATA_DIR};
    g_autoptr (GString) tried = g_string_new (NULL);
    for (gsize i = 0; i < G_N_ELEMENTS (roots); i++) {
        if (roots[i] == NULL)
            continue;
        g_autofree char *folder = g_build_filename (roots[i], "demo", NULL);
        g_autofree char *config = g_build_filename (folder, "config.json", NULL);
        if (g_file_test (config, G_FILE_TEST_EXISTS))
            return g_steal_pointer (&folder);
        g_string_append_printf (tried, "%s%s", tried->len > 0 ? ", " : "", folder);
    }
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                 "the bundled model \"demo\" is in none of %s", tried->str);
    return NULL;
}

static gboolean
has_any_suffix (const char *name, const char *const *suffixes)
{
    for (; *suffixes != NULL; suffixes++)
        if (g_str_has_suffix (name, *suffixes))
            return TRUE;
    return FALSE;
}

/* torch.save() puts a pickle into a zip archive, or writes it bare: 0x80, protocol, then an opcode.
 * A llama2.c file may begin with the same two bytes (dim 640), but its dim leaves the fourth 0. */
static gboolean
looks_pickled (const guint8 *head)
{
    gboolean zip = memcmp (head, "PK\003\004", 4) == 0;
    gboolean bare = head[0] == 0x80 && head[1] >= 2 && head[1] <= 5;
    return zip || (bare && (head[2] > 0x3f || head[3] != 0));
}

static gboolean
is_pickle (const char *path)
{
    static const char *const suffixes[] = {".pt", ".pth", ".pkl", ".pickle", ".ckpt", NULL};
    guint8 head[4] = {0};
    if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
        return FALSE;
    if (has_any_suffix (path, suffixes))
        return TRUE;
    FILE *stream = fopen (path, "rb");
    gsize n = stream != NULL ? fread (head, 1, sizeof head, stream) : 0;
    if (stream != NULL)
        fclose (stream);
    return n == sizeof head && looks_pickled (head);
}

static gboolean
refuse (const char *path, GError **error)
{
    if (is_pickle (path))
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                     "%s: a pickle is refused, because reading it would execute what it says; "
                     "convert it to safetensors",
                     path);
    else
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                     "%s: not a model that Fovea reads (known: a folder with config.json, "
                     ".safetensors, .safetensors.index.json, .gguf, llama2.c .bin)",
                     path);
    return FALSE;
}

/* A folder without safetensors: say what there is instead. */
static gboolean
refuse_folder (const char *folder, GError **error)
{
    g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
    if (dir == NULL)
        return FALSE;
    const char *entry;
    while ((entry = g_dir_read_name (dir)) != NULL) {
        g_autofree char *path = g_build_filename (folder, entry, NULL);
        if (is_pickle (path))
            return refuse (path, error);
    }
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                 "%s: neither model.safetensors nor model.safetensors.index.json is there", folder);
    return FALSE;
}

static gboolean
choose_weights (FoveaModelFiles *files, GError **error)
{
    static const char *const names[] = {"model.safetensors", "model.safetensors.index.json"};
    for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
        g_autofree char *path = g_build_filename (files->folder, names[i], NULL);
        if (g_file_test (path, G_FILE_TEST_EXISTS)) {
            files->weights = g_steal_pointer (&path);
            return TRUE;
        }
    }
    return refuse_folder (files->folder, error);
}

static gboolean
choose_config (FoveaModelFiles *files, GError **error)
{
    files->config = g_build_filename (files->folder, "config.json", NULL);
    if (g_file_test (files->config, G_FILE_TEST_EXISTS))
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "%s: no config.json", files->folder);
    return FALSE;
}

static gboolean
find_in_folder (FoveaModelFiles *files, const char *folder, GError **error)
{
    files->folder = g_canonicalize_filename (folder, NULL);
    files->name = g_path_get_basename (files->folder);
    return choose_weights (files, error) && choose_config (files, error);
}

gboolean
fovea_model_files_is_gguf (const char *path)
{
    return g_str_has_suffix (path, ".gguf");
}

static gboolean
find_by_file (FoveaModelFiles *files, const char *path, GError **error)
{
    files->weights = g_canonicalize_filename (path, NULL);
    files->folder = g_path_get_dirname (files->weights);
    files->name = g_path_get_basename (files->folder);
    if (is_pickle (path))
        return refuse (path, error);
    if (g_str_has_suffix (path, ".safetensors") ||
        g_str_has_suffix (path, ".safetensors.index.json"))
        return choose_config (files, error);
    if (!g_str_has_suffix (path, ".bin") && !fovea_model_files_is_gguf (path))
        return refuse (path, error);
    g_free (files->name);
    files->name = g_path_get_basename (path);
    return TRUE;
}

FoveaModelFiles *
fovea_model_files_find (const char *name, GError **error)
{
    g_autoptr (FoveaModelFiles) files = g_new0 (FoveaModelFiles, 1);
    gboolean found = FALSE;
    if (g_str_equal (name, "demo")) {
        g_autofree char *folder = find_demo (error);
        found = folder != NULL && find_in_folder (files, folder, error);
        g_free (files->name);
        files->name = g_strdup (DEMO_NAME);
    } else if (g_file_test (name, G_FILE_TEST_IS_DIR)) {
        found = find_in_folder (files, name, error);
    } else if (g_file_test (name, G_FILE_TEST_EXISTS)) {
        found = find_by_file (files, name, error);
    } else {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "%s: no such model folder or file (\"demo\" is the bundled model)", name);
    }
    return found ? g_steal_pointer (&files) : NULL;
}
