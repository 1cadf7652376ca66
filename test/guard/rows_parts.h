/* moat: rows of cases.h: copies by a type that is not the pointer's, and of parts of an element. Plain C copies bytes.
 *
 * SPDX-License-Identifier: MIT */

TRAPS(part_from_the_middle_of_the_map, 2, COPY, "c-owned", &c_wide.last_mapped, object,
      struct wide *from = large(MOAT_NEW(wide_type));
      MOAT_STORE(from->first, object); MOAT_STORE(from->last_mapped, object);
      (void)MOAT_MOVE_PART(wide_type, &c_wide, from, 5 * sizeof(void *), sizeof c_wide - 5 * sizeof(void *)),
      struct wide *from = large(MOAT_NEW(wide_type));
      MOAT_STORE(from->first, object);
      (void)MOAT_MOVE_PART(wide_type, &c_wide, from, 5 * sizeof(void *), sizeof c_wide - 5 * sizeof(void *)))
TRAPS(part_up_to_the_last_word, 2, COPY, "c-owned", &c_wide.last, object,
      struct wide *from = large(MOAT_NEW(wide_type));
      MOAT_STORE(from->last, object);
      (void)MOAT_MOVE(wide_type, &c_wide, from), struct wide *from = large(MOAT_NEW(wide_type));
      MOAT_STORE(from->last, object);
      (void)MOAT_MOVE_PART(wide_type, &c_wide, from, 0, sizeof c_wide - 1)) /* the slot is cut */
QUIET(part_of_no_bytes, struct node from = node_with(object);
      (void)MOAT_MOVE_PART(node_type, &c_buffer, &from, NEXT_OFFSET, 0); NEED(c_buffer.node[0].next == NULL))
TRAPS(repeat_in_part, 2, COPY, "c-owned", (char *)(uintptr_t)&c_large + offsetof(struct nest, row[250].cell[1].node),
      object, struct nest *from = large(MOAT_NEW(nest_type));
      MOAT_STORE(from->row[250].cell[1].node, object);
      (void)MOAT_MOVE_PART(nest_type, &c_large, from, offsetof(struct nest, row[250]), sizeof(struct row)),
      struct nest *from = large(MOAT_NEW(nest_type));
      MOAT_STORE(from->row[250].cell[1].node, object);
      (void)MOAT_MOVE_PART(nest_type, &c_large, from, offsetof(struct nest, row[251]), sizeof(struct row)))

TRAPS(part_that_is_the_slot, 2, WORD, "c-owned", &c_buffer.node[0].next, object, struct node from = node_with(object);
      (void)MOAT_MOVE_PART(node_type, &c_buffer, &from, NEXT_OFFSET, sizeof(void *)),
      struct node from = node_with(object);
      (void)MOAT_MOVE_PART(node_type, &c_buffer, &from, 0, NEXT_OFFSET))
TRAPS(part_behind_the_map, 2, WORD, "c-owned", &c_wide.behind, object, struct wide *from = large(MOAT_NEW(wide_type));
      MOAT_STORE(from->last_mapped, object); MOAT_STORE(from->behind, object);
      (void)MOAT_MOVE_PART(wide_type, &c_wide, from, offsetof(struct wide, behind), sizeof(void *)),
      struct wide *from = large(MOAT_NEW(wide_type));
      MOAT_STORE(from->last_mapped, object); MOAT_STORE(from->last, object);
      (void)MOAT_MOVE_PART(wide_type, &c_wide, from, offsetof(struct wide, behind), sizeof(void *)))
TRAPS(large_table_in_part, 2, WORD, "c-owned", &c_large.table.slot[20000], object,
      struct table *from = large(MOAT_NEW(table_type));
      MOAT_STORE(from->slot[20000], object);
      (void)MOAT_MOVE_PART(table_type, &c_large.table, from, 20000 * sizeof(void *), sizeof(void *)),
      struct table *from = large(MOAT_NEW(table_type));
      MOAT_STORE(from->slot[20000], object);
      (void)MOAT_MOVE_PART(table_type, &c_large.table, from, 20001 * sizeof(void *), 3 * sizeof(void *)))
TRAPS(part_that_begins_before_the_slot, 2, COPY, "c-owned", &c_buffer.node[0].next, object,
      struct node from = node_with(object);
      (void)MOAT_MOVE_PART(node_type, &c_buffer, &from, 1, NEXT_OFFSET - 1 + sizeof(void *)),
      struct node from = node_with(object);
      (void)MOAT_MOVE_PART(node_type, &c_buffer, &from, 1, NEXT_OFFSET - 2 + sizeof(void *)))
TRAPS(part_that_begins_inside_the_slot, 2, COPY, "c-owned", &c_buffer.node[1].next, object,
      struct pair from = pair_with(object, object);
      (void)MOAT_MOVE_PART(pair_type, &c_buffer, &from, NEXT_OFFSET + 1, sizeof from - NEXT_OFFSET - 1),
      struct pair from = pair_with(object, NULL);
      (void)MOAT_MOVE_PART(pair_type, &c_buffer, &from, NEXT_OFFSET + 1, sizeof from - NEXT_OFFSET - 1))
TRAPS(large_struct_from_static_data, 2, COPY, "c-owned", &c_large.table.slot[TABLE_SLOTS - 1], object,
      raw_store(&static_large.table.slot[TABLE_SLOTS - 1], object);
      (void)MOAT_MOVE(holder_type, &c_large, &static_large), raw_store(&static_large.table.slot[TABLE_SLOTS - 1], NULL);
      raw_store(&static_large.before, object); raw_store(&static_large.after, object);
      (void)MOAT_MOVE(holder_type, &c_large, &static_large))
TRAPS(slot_before_many_bytes, 2, COPY, "c-owned", &c_large, object, struct around *from = large(MOAT_NEW(around_type));
      MOAT_STORE(from->before, object);
      (void)MOAT_MOVE(around_type, &c_large, from), struct around *from = large(MOAT_NEW(around_type));
      MOAT_STORE(from->before, object);
      (void)MOAT_MOVE_PART(around_type, &c_large, from, sizeof(void *), sizeof *from - sizeof(void *)))

/* ---- what plain C has no like of ---- */
BY_MACRO("the macro refuses its own argument, and plain C reads past the variable",
         QUIET(part_that_is_too_long, struct node from = node_with(object);
               NEED(MOAT_MOVE_PART(node_type, &c_buffer, &from, 1, sizeof from) == MOAT_ERR_SIZE)))
BY_MACRO("the macro names a type, and plain C takes the destination's, where numbers stand in slots",
         QUIET(type_without_slots, struct plain from;
               from.number[0] = from.number[1] = from.number[2] = (uintptr_t)object;
               (void)MOAT_MOVE(plain_type, &c_buffer, &from); NEED(c_buffer.node[0].value == (uintptr_t)object)))
BY_MACRO("the macro names a type, and plain C takes the destination's: the twin puts numbers in its slots",
         TRAPS(repeat_in_a_repeat, 2, COPY, "c-owned",
               (char *)(uintptr_t)&c_large + offsetof(struct nest, row[499].cell[31].node), object,
               struct nest *from = large(MOAT_NEW(nest_type));
               MOAT_STORE(from->row[499].cell[31].node, object);
               (void)MOAT_MOVE(nest_type, &c_large, from), struct nest *from = large(MOAT_NEW(nest_type));
               from->row[499].cell[31].number = from->row[499].number = (uintptr_t)object;
               (void)MOAT_MOVE(nest_type, &c_large, from)))
