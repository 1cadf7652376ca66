/* moat: rows of cases.h: typed copies.
 *
 * SPDX-License-Identifier: MIT */

/* ---- by source ---- */
TRAPS(copy_from_the_stack, 2, COPY, "c-owned", &c_buffer.node[0].next, object, struct node from = node_with(object);
      (void)MOAT_MOVE(node_type, &c_buffer.node[0], &from), struct node from = node_with(object);
      (void)MOAT_MOVE(node_type, kept, &from); NEED(kept->next == object))
TRAPS(copy_from_the_heap, 2, COPY, "c-owned", &c_buffer.node[0].next, object, MOAT_STORE(kept->next, object);
      (void)MOAT_MOVE(node_type, &c_buffer.node[0], kept), MOAT_STORE(kept->next, pinned);
      (void)MOAT_MOVE(node_type, &c_buffer.node[0], kept))
TRAPS(copy_from_the_root_section, 2, COPY, "c-owned", &c_buffer.node[0].next, object, MOAT_STORE(root_slots[1], object);
      (void)MOAT_MOVE(node_type, &c_buffer.node[0], root_slots), MOAT_STORE(root_slots[1], object);
      (void)MOAT_MOVE(node_type, kept, root_slots))
TRAPS(copy_from_a_typed_root, 2, COPY, "c-owned", &c_buffer.node[1].next, object,
      MOAT_STORE(typed_root->node[1].next, object);
      (void)MOAT_MOVE(pair_type, &c_buffer, typed_root), MOAT_STORE(typed_root->node[1].next, object);
      (void)MOAT_MOVE(pair_type, &added_root, typed_root))
TRAPS(copy_from_static_data, 2, COPY, "c-owned", &c_buffer.node[0].next, object,
      raw_store(&ordinary.node[0].next, object);
      (void)MOAT_MOVE(node_type, &c_buffer.node[0], &ordinary), raw_store(&ordinary.node[0].next, pinned);
      (void)MOAT_MOVE(node_type, &c_buffer.node[0], &ordinary))
TRAPS(copy_from_initialised_data, 2, COPY, "c-owned", &c_buffer.node[0].next, object,
      static struct node initialised = {.value = 1};
      raw_store(&initialised.next, object);
      (void)MOAT_MOVE(node_type, &c_buffer.node[0], &initialised), static struct node initialised = {.value = 1};
      raw_store(&initialised.next, object); (void)MOAT_MOVE(node_type, kept, &initialised))
TRAPS(copy_from_a_persistent_block, 2, COPY, "c-owned", &c_buffer.node[0].next, object,
      MOAT_STORE(persistent->next, object);
      (void)MOAT_MOVE(node_type, &c_buffer.node[0], persistent), MOAT_STORE(persistent->next, pinned);
      (void)MOAT_MOVE(node_type, &c_buffer.node[0], persistent))
TRAPS(copy_from_a_task_stack, 2, COPY, "dma_ring", &dma_ring.node[0].next, object,
      MOAT_STORE(task_memory.node[0].next, object);
      (void)MOAT_MOVE(node_type, &dma_ring, &task_memory), MOAT_STORE(task_memory.node[0].next, object);
      (void)MOAT_MOVE(node_type, &added_root, &task_memory))
TRAPS(copy_in_a_handler, 2, COPY, ".data/.bss", &ordinary.node[0].next, object, in_handler(copy_in_handler),
      in_handler(copy_legally_in_handler))

/* ---- arrays ---- */
TRAPS(last_element_of_an_array, 2, COPY, "c-owned", &c_buffer.node[1].next, object,
      struct pair from = pair_with(NULL, object);
      (void)MOAT_MOVE_ARRAY(node_type, &c_buffer, &from, 2), struct pair from = pair_with(NULL, object);
      (void)MOAT_MOVE_ARRAY(node_type, &c_buffer, &from, 1))
TRAPS(array_from_the_heap, 2, COPY, "dma_ring", &dma_ring.node[0].next, object, MOAT_STORE(elements[1].next, object);
      (void)MOAT_MOVE_ARRAY(node_type, &dma_ring, &elements[1], 2), MOAT_STORE(elements[0].next, object);
      (void)MOAT_MOVE_ARRAY(node_type, &dma_ring, &elements[1], 2))
QUIET(array_of_no_elements, struct node from = node_with(object);
      NEED(MOAT_MOVE_ARRAY(node_type, &c_buffer, &from, 0) == MOAT_OK); NEED(c_buffer.node[0].next == NULL))
QUIET(overlap_upwards, MOAT_STORE(elements[0].next, object); MOAT_STORE(elements[1].next, kept);
      (void)MOAT_MOVE_ARRAY(node_type, &elements[1], &elements[0], 2);
      NEED(elements[1].next == object && elements[2].next == kept))
QUIET(overlap_downwards, MOAT_STORE(elements[1].next, object); MOAT_STORE(elements[2].next, kept);
      (void)MOAT_MOVE_ARRAY(node_type, &elements[0], &elements[1], 2);
      NEED(elements[0].next == object && elements[1].next == kept))
TRAPS(overlap_in_c_owned, 2, COPY, "c-owned", &c_buffer.node[1].next, object, raw_store(&c_buffer.node[0].next, object);
      (void)MOAT_MOVE(node_type, &c_buffer.node[1], &c_buffer.node[0]), raw_store(&c_buffer.node[0].next, pinned);
      (void)MOAT_MOVE(node_type, &c_buffer.node[1], &c_buffer.node[0]))

/* ---- what is no slot ---- */
TRAPS(slot_beside_a_number, 2, COPY, "c-owned", &c_buffer.node[0].next, object, struct node from = node_with(object);
      (void)MOAT_MOVE(node_type, &c_buffer, &from), struct node from = node_with(NULL);
      from.value = from.more = (uintptr_t)object; (void)MOAT_MOVE(node_type, &c_buffer, &from))
QUIET(zero_in_c_owned, (void)MOAT_ZERO(node_type, &c_buffer))

/* ---- large types ---- */
TRAPS(large_table_from_the_heap, 2, COPY, "c-owned", &c_large.table.slot[TABLE_SLOTS - 1], object,
      struct table *from = large(MOAT_NEW(table_type));
      MOAT_STORE(from->slot[TABLE_SLOTS - 1], object);
      (void)MOAT_MOVE(table_type, &c_large.table, from), struct table *from = large(MOAT_NEW(table_type));
      MOAT_STORE(from->slot[TABLE_SLOTS - 1], pinned); (void)MOAT_MOVE(table_type, &c_large.table, from))
TRAPS(large_struct_from_the_stack, 2, COPY, "c-owned", &c_large.table.slot[7], object,
      raw_store(&static_large.table.slot[7], object);
      struct holder from = static_large;
      (void)MOAT_MOVE(holder_type, &c_large, &from), raw_store(&static_large.table.slot[7], NULL);
      struct holder from = static_large; (void)MOAT_MOVE(holder_type, &c_large, &from))
TRAPS(slot_behind_many_bytes, 2, COPY, "c-owned", (char *)(uintptr_t)&c_large + offsetof(struct around, after), object,
      struct around *from = large(MOAT_NEW(around_type));
      MOAT_STORE(from->after, object);
      (void)MOAT_MOVE(around_type, &c_large, from), struct around *from = large(MOAT_NEW(around_type));
      MOAT_STORE(from->after, object);
      (void)MOAT_MOVE_PART(around_type, &c_large, from, 0, offsetof(struct around, after)))
