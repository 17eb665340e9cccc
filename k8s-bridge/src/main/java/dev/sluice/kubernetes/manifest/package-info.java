/**
 * What Kubernetes is told of an attempt: a Job, suspended, and a Secret beside it, from values alone. Depends on core and on the model
 * classes of fabric8; knows no client, clock or file.
 */
@NullMarked
package dev.sluice.kubernetes.manifest;

import org.jspecify.annotations.NullMarked;
