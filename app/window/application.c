/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Dark or light: the desktop's settings portal says it (org.freedesktop.appearance, color-scheme),
 * and FOVEA_THEME=light|dark|light-contrast|dark-contrast overrides it. The portal is asked asynchronously; the first frame does
 * not wait for it. */
#include "app/window/application.h"

#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#include "app/window/preferences.h"
#include "app/window/window.h"
#include "fovea-config.h"
#include "ui/commands.h"

#define RESOURCES "/org/fovea/Fovea/"

struct _FoveaApplication {
    GtkApplication parent_instance;
    GtkCssProvider *colors, *style, *contrast;
    gboolean high_contrast, desktop_dark;
    GDBusProxy *portal;
};

G_DEFINE_FINAL_TYPE (FoveaApplication, fovea_application, GTK_TYPE_APPLICATION)

static void
theme_changed (FoveaApplication *self)
{
    gboolean dark;
    g_object_get (gtk_settings_get_default (), "gtk-application-prefer-dark-theme", &dark, NULL);
    gtk_css_provider_load_from_resource (self->colors, dark ? RESOURCES "colors-dark.css"
                                                            : RESOURCES "colors-light.css");
    if (self->high_contrast)
        gtk_css_provider_load_from_resource (self->contrast, RESOURCES "contrast.css");
    else
        gtk_css_provider_load_from_data (self->contrast, "", 0);
    /* The sheet is read again, because its colours were resolved when it was. */
    gtk_css_provider_load_from_resource (self->style, RESOURCES "style.css");
}

/* GTK's own switch; our sheets follow its notification. */
static void
set_dark (gboolean dark)
{
    g_object_set (gtk_settings_get_default (), "gtk-application-prefer-dark-theme", dark, NULL);
}

/* What people chose for Fovea alone goes before what the desktop has. */
static void
follow_look (FoveaApplication *self)
{
    FoveaLook look = fovea_preferences_get_look ();
    set_dark (look == FOVEA_LOOK_DESKTOP ? self->desktop_dark : look == FOVEA_LOOK_DARK);
}

/* A setting is a variant, in another one if Read gave it; 1 = dark, 1 = high contrast. */
static void
use_setting (FoveaApplication *self, const char *key, GVariant *value)
{
    g_autoptr (GVariant) inner = g_variant_ref (value);
    while (g_variant_is_of_type (inner, G_VARIANT_TYPE_VARIANT)) {
        GVariant *next = g_variant_get_variant (inner);
        g_variant_unref (inner);
        inner = next;
    }
    if (!g_variant_is_of_type (inner, G_VARIANT_TYPE_UINT32))
        return;
    gboolean on = g_variant_get_uint32 (inner) == 1;
    if (g_str_equal (key, "color-scheme")) {
        self->desktop_dark = on;
        follow_look (self);
    } else if (on != self->high_contrast) {
        self->high_contrast = on;
        theme_changed (self);
    }
}

/* Without a portal, or with one that lacks the setting, all stays as it is. */
static void
scheme_read (GObject *proxy, GAsyncResult *result, gpointer data)
{
    g_autoptr (GVariant) answer = g_dbus_proxy_call_finish (G_DBUS_PROXY (proxy), result, NULL);
    if (answer == NULL)
        return;
    g_autoptr (GVariant) value = g_variant_get_child_value (answer, 0);
    use_setting (data, "color-scheme", value);
}

static void
contrast_read (GObject *proxy, GAsyncResult *result, gpointer data)
{
    g_autoptr (GVariant) answer = g_dbus_proxy_call_finish (G_DBUS_PROXY (proxy), result, NULL);
    if (answer == NULL)
        return;
    g_autoptr (GVariant) value = g_variant_get_child_value (answer, 0);
    use_setting (data, "contrast", value);
}

static void
portal_signal (GDBusProxy *proxy,
               const char *sender,
               const char *name,
               GVariant *parameters,
               FoveaApplication *self)
{
    const char *space, *key;
    g_autoptr (GVariant) value = NULL;
    if (!g_str_equal (name, "SettingChanged"))
        return;
    g_variant_get (parameters, "(&s&s@v)", &space, &key, &value);
    if (g_str_equal (space, "org.freedesktop.appearance"))
        use_setting (self, key, value);
}

/* Asynchronous: a slow session bus must not hold up the first frame. */
static void
portal_ready (GObject *object, GAsyncResult *result, gpointer data)
{
    FoveaApplication *self = data;
    GDBusProxy *portal = g_dbus_proxy_new_for_bus_finish (result, NULL);
    if (portal == NULL)
        return;
    self->portal = portal;
    g_signal_connect_object (portal, "g-signal", G_CALLBACK (portal_signal), self, 0);
    g_dbus_proxy_call (portal, "Read",
                       g_variant_new ("(ss)", "org.freedesktop.appearance", "color-scheme"),
                       G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, scheme_read, self);
    g_dbus_proxy_call (portal, "Read",
                       g_variant_new ("(ss)", "org.freedesktop.appearance", "contrast"),
                       G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, contrast_read, self);
}

/* Without a portal the desktop is as GTK's own settings have it. */
static void
watch_desktop (FoveaApplication *self)
{
    GSettings *settings = fovea_preferences_get ();
    g_object_get (gtk_settings_get_default (), "gtk-application-prefer-dark-theme",
                  &self->desktop_dark, NULL);
    if (settings != NULL)
        g_signal_connect_object (settings, "changed::" FOVEA_KEY_LOOK, G_CALLBACK (follow_look),
                                 self, G_CONNECT_SWAPPED);
    g_dbus_proxy_new_for_bus (G_BUS_TYPE_SESSION, G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START, NULL,
                              "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop",
                              "org.freedesktop.portal.Settings", NULL, portal_ready, self);
    follow_look (self);
}

/* The override wins over the desktop and over the choice, for tests and pictures. */
static void
choose_theme (FoveaApplication *self)
{
    const char *set = g_getenv ("FOVEA_THEME");
    self->high_contrast = set != NULL && strstr (set, "contrast") != NULL;
    g_signal_connect_object (gtk_settings_get_default (),
                             "notify::gtk-application-prefer-dark-theme",
                             G_CALLBACK (theme_changed), self, G_CONNECT_SWAPPED);
    if (set != NULL)
        set_dark (g_str_has_prefix (set, "dark"));
    else
        watch_desktop (self);
    theme_changed (self);
}

/* Windows first, so that each keeps its session and cancels its jobs; none with notes that no store has. */
static void
activate_quit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    GtkWindow *window;
    for (GList *at = gtk_application_get_windows (data); at != NULL; at = at->next)
        if (FOVEA_IS_WINDOW (at->data) && fovea_window_hold (at->data, FOVEA_QUITTING))
            return;
    while ((window = gtk_application_get_active_window (data)) != NULL)
        gtk_window_destroy (window);
    g_application_quit (data);
}

/* What to name in a report or a paper. */
static void
activate_about (GSimpleAction *action, GVariant *parameter, gpointer data)
{
    gtk_show_about_dialog (gtk_application_get_active_window (data), "program-name", "Fovea",
                           "version", FOVEA_VERSION, "comments",
                           _ ("Looks inside transformer language models"), "copyright",
                           _ ("The Fovea authors"), "license-type", GTK_LICENSE_MIT_X11,
                           "logo-icon-name", "org.fovea.Fovea", NULL);
}

/* The toolkit would say "cannot open display: " and end the program. */
static void
need_display (void)
{
    const char *x = g_getenv ("DISPLAY"), *wayland = g_getenv ("WAYLAND_DISPLAY");
    if (gtk_init_check ())
        return;
    g_autofree char *text =
        x == NULL && wayland == NULL
            ? g_strdup (_ ("fovea-window: there is no display to open a window on (neither DISPLAY "
                           "nor WAYLAND_DISPLAY is set); the command 'fovea' needs none."))
            : g_strdup_printf (_ ("fovea-window: no window can be opened on display '%s'; the "
                                  "command 'fovea' needs none."),
                               wayland != NULL ? wayland : x);
    g_printerr ("%s\n", text);
    exit (EXIT_FAILURE);
}

static void
fovea_application_startup (GApplication *application)
{
    static const GActionEntry entries[] = {
        {.name = "quit", .activate = activate_quit},
        {.name = "about", .activate = activate_about},
    };
    FoveaApplication *self = FOVEA_APPLICATION (application);
    need_display ();
    G_APPLICATION_CLASS (fovea_application_parent_class)->startup (application);
    GdkDisplay *display = gdk_display_get_default ();
    self->colors = gtk_css_provider_new ();
    self->contrast = gtk_css_provider_new ();
    self->style = gtk_css_provider_new ();
    gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (self->colors),
                                                GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
    gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (self->contrast),
                                                GTK_STYLE_PROVIDER_PRIORITY_APPLICATION + 2);
    gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (self->style),
                                                GTK_STYLE_PROVIDER_PRIORITY_APPLICATION + 1);
    gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (display), RESOURCES "icons");
    g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
    fovea_commands_set_accels (GTK_APPLICATION (self));
    choose_theme (self);
}

/* The window at hand; a new one opens as the last was left. */
static FoveaWindow *
get_window (GApplication *application)
{
    GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));
    while (window != NULL && !FOVEA_IS_WINDOW (window))
        window = gtk_window_get_transient_for (window); /* a dialog has the focus */
    return window != NULL ? FOVEA_WINDOW (window)
                          : fovea_window_new (GTK_APPLICATION (application));
}

/* Without a file: where one left off. */
static void
fovea_application_activate (GApplication *application)
{
    gboolean first = gtk_application_get_active_window (GTK_APPLICATION (application)) == NULL;
    FoveaWindow *window = get_window (application);
    if (first)
        fovea_window_restore (window);
    gtk_window_present (GTK_WINDOW (window));
}

/* Files that another start of the program hands over come here too. */
static void
fovea_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
    FoveaWindow *window = get_window (application);
    gtk_window_present (GTK_WINDOW (window));
    for (int i = 0; i < n_files; i++) {
        g_autofree char *path = g_file_get_path (files[i]);
        if (path != NULL)
            fovea_window_take (window, path);
    }
}

/* --standalone: a process of its own, for tests and for looking at two versions at once. */
static int
fovea_application_handle_local_options (GApplication *application, GVariantDict *options)
{
    if (g_variant_dict_contains (options, "standalone"))
        g_application_set_flags (application,
                                 g_application_get_flags (application) | G_APPLICATION_NON_UNIQUE);
    return -1;
}

static void
fovea_application_finalize (GObject *object)
{
    FoveaApplication *self = FOVEA_APPLICATION (object);
    g_clear_object (&self->colors);
    g_clear_object (&self->style);
    g_clear_object (&self->contrast);
    g_clear_object (&self->portal);
    G_OBJECT_CLASS (fovea_application_parent_class)->finalize (object);
}

static void
fovea_application_class_init (FoveaApplicationClass *klass)
{
    G_OBJECT_CLASS (klass)->finalize = fovea_application_finalize;
    G_APPLICATION_CLASS (klass)->startup = fovea_application_startup;
    G_APPLICATION_CLASS (klass)->activate = fovea_application_activate;
    G_APPLICATION_CLASS (klass)->open = fovea_application_open;
    G_APPLICATION_CLASS (klass)->handle_local_options = fovea_application_handle_local_options;
}

static void
fovea_application_init (FoveaApplication *self)
{
    g_application_add_main_option (G_APPLICATION (self), "standalone", 's', 0, G_OPTION_ARG_NONE,
                                   _ ("Do not use a window that is open already"), NULL);
}

FoveaApplication *
fovea_application_new (void)
{
    g_set_application_name ("Fovea"); /* the toolkit notes files that were saved under it */
    return g_object_new (FOVEA_TYPE_APPLICATION, "application-id", "org.fovea.Fovea", "flags",
                         G_APPLICATION_HANDLES_OPEN, NULL);
}
