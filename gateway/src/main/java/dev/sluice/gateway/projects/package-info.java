/**
 * Keeps who shares the federation up to date: reads the configuration again, asks a program of the site's and a cluster's accounts for
 * more projects, and tells planning and access of the whole. Knows settings, identity and the port; never a request.
 */
@NullMarked
package dev.sluice.gateway.projects;

import org.jspecify.annotations.NullMarked;
