/* moat: rows of cases.h: stores, by value, destination and macro; what is exempt.
 *
 * SPDX-License-Identifier: MIT */

/* ---- values ---- */
TRAPS(object_into_c_owned, 2, STORE, "c-owned", &c_buffer.node[0].next, object,
      MOAT_STORE(c_buffer.node[0].next, object), MOAT_STORE(kept->next, object))
TRAPS(inside_into_c_owned, 2, STORE, "c-owned", &c_buffer.node[0].next, &object->next,
      MOAT_STORE(c_buffer.node[0].next, (struct node *)(void *)(uintptr_t)&object->next),
      MOAT_STORE(c_buffer.node[0].next, object + 1)) /* one past the end points into nothing */
TRAPS(end_of_what_does_not_fill_its_granules, 2, STORE, "c-owned", &c_buffer.node[0].next,
      (char *)(cell_object() + 1) - 1,
      MOAT_STORE(c_buffer.node[0].next, (struct node *)(void *)((char *)(cell_object() + 1) - 1)),
      MOAT_STORE(c_buffer.node[0].next, (struct node *)(void *)(cell_object() + 1)))
TRAPS(end_of_an_array_that_does_not_fill_its_granules, 2, STORE, "c-owned", &c_buffer.node[0].next,
      (char *)(cell_array() + 2) - 1,
      MOAT_STORE(c_buffer.node[0].next, (struct node *)(void *)((char *)(cell_array() + 2) - 1)),
      MOAT_STORE(c_buffer.node[0].next, (struct node *)(void *)(cell_array() + 2)))
TRAPS(last_byte_into_c_owned, 2, STORE, "c-owned", &c_buffer.node[0].next, (char *)(object + 1) - 1,
      MOAT_STORE(c_buffer.node[0].next, (struct node *)(void *)((char *)(object + 1) - 1)),
      MOAT_STORE(kept->next, (struct node *)(void *)((char *)(object + 1) - 1)))
TRAPS(element_into_c_owned, 2, STORE, "c-owned", &c_buffer.node[0].next, &elements[2],
      MOAT_STORE(c_buffer.node[0].next, &elements[2]), MOAT_STORE(elements[0].next, &elements[2]))
TRAPS(raw_bytes_into_c_owned, 2, STORE, "c-owned", &c_buffer.node[0].next, (char *)raw + 5,
      MOAT_STORE(c_buffer.node[0].next, (struct node *)(void *)((char *)raw + 5)), MOAT_STORE(kept->next, raw))
TRAPS(unpinned_into_c_owned, 2, STORE, "c-owned", &c_buffer.node[0].next, pinned, (void)moat_unpin(pinned);
      MOAT_STORE(c_buffer.node[0].next, pinned), MOAT_STORE(c_buffer.node[0].next, pinned))
TRAPS(pinned_twice_unpinned_twice, 2, STORE, "c-owned", &c_buffer.node[0].next, pinned, (void)moat_pin(pinned);
      (void)moat_unpin(pinned); (void)moat_unpin(pinned);
      MOAT_STORE(c_buffer.node[0].next, pinned), (void)moat_pin(pinned); (void)moat_unpin(pinned);
      MOAT_STORE(c_buffer.node[0].next, pinned))
TRAPS(beside_a_pinned_object, 2, STORE, "c-owned", &c_buffer.node[0].next, object,
      MOAT_STORE(c_buffer.node[0].next, object),
      MOAT_STORE(c_buffer.node[0].next, (struct node *)(void *)(uintptr_t)&pinned->next))
TRAPS(beside_a_persistent_block, 2, STORE, "c-owned", &c_buffer.node[0].next, object,
      MOAT_STORE(c_buffer.node[0].next, object),
      MOAT_STORE(c_buffer.node[0].next, (struct node *)(void *)(uintptr_t)&persistent->next))
QUIET(null_into_c_owned, MOAT_STORE(c_buffer.node[0].next, NULL))
QUIET(static_into_c_owned, MOAT_STORE(c_buffer.node[0].next, &ordinary.node[0]))
QUIET(static_into_a_device, MOAT_STORE(device()->next, NULL))
QUIET(free_memory_into_c_owned,
      MOAT_STORE(c_buffer.node[0].next, (struct node *)(moat_heap.border.low + moat_heap.border.span - 64)))

/* ---- destinations ---- */
TRAPS(into_a_named_region, 2, STORE, "dma_ring", &dma_ring.node[1].next, object,
      MOAT_STORE(dma_ring.node[1].next, object), MOAT_STORE(dma_ring.node[1].next, pinned))
TRAPS(into_malloc_memory, 2, STORE, "malloc", &malloc_memory()->next, object, MOAT_STORE(malloc_memory()->next, object),
      MOAT_STORE(malloc_memory()->next, persistent))
TRAPS(into_the_c_library, 2, STORE, "newlib", &c_library_data()->next, object,
      RESTORED(c_library_data(), MOAT_STORE(c_library_data()->next, object)),
      RESTORED(c_library_data(), MOAT_STORE(c_library_data()->next, pinned)))
TRAPS(into_a_peripheral, 2, STORE, DEVICE, &device()->next, object,
      RESTORED(device(), MOAT_STORE(device()->next, object)), RESTORED(device(), MOAT_STORE(device()->next, pinned)))
TRAPS(into_undeclared_memory, 2, STORE, NULL, &undeclared.node[0].next, object,
      MOAT_STORE(undeclared.node[0].next, object), MOAT_STORE(undeclared.node[0].next, pinned))
TRAPS(into_ordinary_data, 2, STORE, ".data/.bss", &ordinary.node[0].next, object,
      MOAT_STORE(ordinary.node[0].next, object), MOAT_STORE(root_slots[0], object))
TRAPS(into_flash, 2, STORE, "flash", &constant.node[0].next, object,
      IF_STRICT(MOAT_STORE(((struct node *)(uintptr_t)&constant)->next, object)), MOAT_STORE(root_slots[0], object))
TRAPS(through_a_null_pointer, 2, STORE, AT_ZERO, (void *)offsetof(struct node, next), object,
      struct node *volatile nowhere = NULL;
      IF_STRICT(MOAT_STORE(nowhere->next, object)), MOAT_STORE(kept->next, object))
TRAPS(at_a_null_pointer, 2, STORE, AT_ZERO, NULL, object, struct node **volatile nowhere = NULL;
      IF_STRICT(MOAT_STORE(*nowhere, object)), MOAT_STORE(root_slots[0], object))
QUIET(into_the_heap, MOAT_STORE(kept->next, object); NEED(kept->next == object))
QUIET(into_itself, MOAT_STORE(object->next, object); NEED(object->next == object))
QUIET(into_a_root, MOAT_STORE(root_slots[1], object); NEED(root_slots[1] == object))
QUIET(into_a_typed_root, MOAT_STORE(typed_root->node[1].next, object))
QUIET(into_a_persistent_block, MOAT_STORE(persistent->next, object); NEED(persistent->next == object))
QUIET(into_the_thread_stack, struct node here = node_with(NULL); MOAT_STORE(here.next, object);
      NEED(here.next == object))
QUIET(inside_into_the_heap, MOAT_STORE(kept->next, (struct node *)(void *)(uintptr_t)&object->next))

/* ---- macros ---- */
TRAPS(init, 2, STORE, "c-owned", &c_buffer.node[0].next, object, MOAT_INIT(c_buffer.node[0].next, object),
      MOAT_INIT(kept->next, object))
TRAPS(cas, 2, STORE, "c-owned", &c_buffer.node[0].next, object, NEED(MOAT_CAS(c_buffer.node[0].next, NULL, object)),
      NEED(MOAT_CAS(kept->next, NULL, object)))
TRAPS(failing_cas, 2, STORE, "c-owned", &c_buffer.node[0].next, object,
      NEED(!MOAT_CAS(c_buffer.node[0].next, kept, object)), NEED(!MOAT_CAS(kept->next, kept, object)))
TRAPS(atomic_store, 2, STORE, "c-owned", &c_buffer.node[0].next, object,
      MOAT_ATOMIC_STORE(c_buffer.node[0].next, object), MOAT_ATOMIC_STORE(kept->next, object))
TRAPS(exchange, 2, STORE, "c-owned", &c_buffer.node[0].next, object,
      NEED(MOAT_EXCHANGE(c_buffer.node[0].next, object) == NULL), NEED(MOAT_EXCHANGE(kept->next, object) == NULL))
TRAPS(swap_out, 2, STORE, "c-owned", &c_buffer.node[0].next, object, MOAT_STORE(kept->next, object);
      MOAT_SWAP(c_buffer.node[0].next, kept->next), MOAT_STORE(kept->next, object); MOAT_SWAP(pinned->next, kept->next))
TRAPS(swap_out_the_other_way, 2, STORE, "c-owned", &c_buffer.node[0].next, object, MOAT_STORE(kept->next, object);
      MOAT_SWAP(kept->next, c_buffer.node[0].next), MOAT_STORE(kept->next, pinned);
      MOAT_SWAP(kept->next, c_buffer.node[0].next))
QUIET(clear_in_c_owned, MOAT_CLEAR(c_buffer.node[0].next))
QUIET(swap_of_two_in_c_owned, MOAT_SWAP(c_buffer.node[0].next, c_buffer.node[1].next))

/* ---- what is exempt, and what would be caught if it were not ---- */
TRAPS(in_a_handler_beyond_its_stack, 2, STORE, ".data/.bss", &ordinary.node[0].next, object,
      in_handler(store_in_ordinary_data), in_handler(store_on_own_stack))
TRAPS(into_a_stack_no_longer_registered, 2, STORE, ".data/.bss", &task_memory.node[0].next, object,
      (void)moat_stack_remove(&task);
      MOAT_STORE(task_memory.node[0].next, object), MOAT_STORE(task_memory.node[0].next, object))
TRAPS(into_a_root_removed, 2, STORE, ".data/.bss", &added_root.node[0].next, object,
      (void)moat_root_remove(&added_root);
      MOAT_STORE(added_root.node[0].next, object), MOAT_STORE(added_root.node[0].next, object))
TRAPS(once_the_heap_is_ready, 2, STORE, NULL, &undeclared.node[0].next, object,
      MOAT_STORE(undeclared.node[0].next, object), forget_the_heap();
      MOAT_STORE(undeclared.node[0].next, object))
/* The allocator writes what it likes, in foreign memory too; the firmware that it calls does not. */
TRAPS(called_by_the_allocator, 2, STORE, ".data/.bss", &ordinary.node[0].next, object,
      expect_in((uintptr_t)store_and_give_up);
      exhaust_memory(store_and_give_up), exhaust_memory(store_legally_and_give_up))
