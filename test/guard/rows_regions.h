/* moat: rows of cases.h: regions at run time, pins, handles, persistent blocks, the hook.
 *
 * SPDX-License-Identifier: MIT */
TRAPS(into_a_region_added, 2, STORE, "ring", &undeclared.node[1].next, object, NEED(moat_region_add(&ring) == MOAT_OK);
      MOAT_STORE(undeclared.node[1].next, object), NEED(moat_region_add(&ring) == MOAT_OK);
      MOAT_STORE(undeclared.node[1].next, pinned); NEED(moat_region_remove(&ring) == MOAT_OK))
TRAPS(into_a_region_removed, 2, STORE, NULL, &undeclared.node[1].next, object, NEED(moat_region_add(&ring) == MOAT_OK);
      NEED(moat_region_remove(&ring) == MOAT_OK);
      MOAT_STORE(undeclared.node[1].next, object), NEED(moat_region_add(&ring) == MOAT_OK);
      NEED(moat_region_remove(&ring) == MOAT_OK); MOAT_STORE(undeclared.node[1].next, NULL))
QUIET(region_added_twice, NEED(moat_region_add(&ring) == MOAT_OK); NEED(moat_region_add(&ring) == MOAT_ERR_OVERLAP);
      NEED(moat_region_remove(&ring) == MOAT_OK); NEED(moat_region_remove(&ring) == MOAT_ERR_ABSENT))
QUIET(regions_that_are_refused, static struct moat_region_entry nothing; static struct moat_region_entry empty;
      empty.region.name = "empty"; NEED(moat_region_add(NULL) == MOAT_ERR_NULL);
      NEED(moat_region_add(&nothing) == MOAT_ERR_NULL); NEED(moat_region_add(&empty) == MOAT_ERR_SIZE);
      NEED(moat_region_remove(NULL) == MOAT_ERR_ABSENT); in_handler(add_region_in_handler))

QUIET(pins_are_counted, NEED(moat_pin_count() == 1); NEED(moat_pin(object) == MOAT_OK);
      NEED(moat_pin(object) == MOAT_OK); NEED(moat_pin_count() == 3); NEED(moat_unpin(object) == MOAT_OK);
      NEED(moat_pin_count() == 2); NEED(moat_is_pinned(object)); NEED(moat_unpin(object) == MOAT_OK);
      NEED(!moat_is_pinned(object)); NEED(moat_unpin(object) == MOAT_ERR_ABSENT); NEED(moat_pin_count() == 1))
TRAPS(pointer_in_place_of_its_handle, 2, STORE, "c-owned", &c_buffer.node[0].next, object,
      MOAT_STORE(c_buffer.node[0].next, object), uint32_t handle = moat_handle_new(object);
      c_buffer.node[0].value = handle; NEED(moat_handle_get((uint32_t)c_buffer.node[0].value) == object);
      NEED(moat_handle_delete(handle) == MOAT_OK))
QUIET(stale_handle, uint32_t handle = moat_handle_new(object); NEED(moat_handle_delete(handle) == MOAT_OK);
      uint32_t next = moat_handle_new(kept); NEED(next != handle && moat_handle_get(handle) == NULL);
      NEED(moat_last_error() == MOAT_ERR_ABSENT); NEED(moat_handle_delete(handle) == MOAT_ERR_ABSENT);
      NEED(moat_handle_get(next) == kept); NEED(moat_handle_delete(next) == MOAT_OK))

QUIET(persistent_block_is_kept_and_scanned, keep_only_persistently(); NEED(persistent_survived()))
QUIET(persistent_arrays, struct pair *blocks = moat_persistent_new(&pair_type, 3);
      NEED(blocks != NULL && moat_is_pinned(&blocks[2]) && !moat_is_pinned(object));
      MOAT_STORE(c_buffer.node[0].next, &blocks[2].node[1]))
QUIET(persistent_blocks_that_are_refused, NEED(moat_persistent_new(NULL, 1) == NULL);
      NEED(moat_persistent_new(&node_type, 0) == NULL); NEED(moat_last_error() == MOAT_ERR_SIZE);
      NEED(moat_persistent_new(&node_type, SIZE_MAX) == NULL))

QUIET(hooks_replace_each_other, moat_fault_hook *was = moat_fault_hook_set(another_hook);
      NEED(was != NULL && moat_fault_hook_set(NULL) == another_hook); NEED(moat_fault_hook_set(was) == NULL))
