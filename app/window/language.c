/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Numbers keep the decimal point in every language. Figures and commands that the window shows are
 * those of the command to the byte, and what one reads here can be typed there; GTK would set a comma
 * where the desktop has one, hence it is told to leave the locale alone. */
#include "app/window/language.h"

#include <gtk/gtk.h>
#include <libintl.h>
#include <locale.h>

#include "fovea-config.h"

/* An installed program must not follow a build tree that happens to be still there. */
static gboolean
is_of_build_tree (void)
{
    g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
    return program != NULL && g_str_has_prefix (program, FOVEA_BUILD_DIR G_DIR_SEPARATOR_S);
}

char *
fovea_language_find (void)
{
    const char *chosen = g_getenv ("FOVEA_LOCALE_DIR");
    if (chosen != NULL)
        return g_strdup (chosen);
    return is_of_build_tree () ? g_build_filename (FOVEA_BUILD_DIR, "po", NULL)
                               : g_strdup (FOVEA_LOCALE_DIR);
}

void
fovea_language_start (void)
{
    g_autofree char *folder = fovea_language_find ();
    gtk_disable_setlocale ();
    setlocale (LC_ALL, "");
    setlocale (LC_NUMERIC, "C");
    bindtextdomain (FOVEA_TEXT_DOMAIN, folder);
    bind_textdomain_codeset (FOVEA_TEXT_DOMAIN, "UTF-8");
    textdomain (FOVEA_TEXT_DOMAIN);
}
