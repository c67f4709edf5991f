/*
 * gate-lock.h - what the gate and the lanes are made of: memory that all
 * children share, a lock in it that outlives its holder, and a semaphore on
 * which one child sleeps until another wakes it.
 */
#ifndef UMWS_GATE_LOCK_H
#define UMWS_GATE_LOCK_H

#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/* size bytes, all zero, before any fork. NULL (logged) without memory. */
void	*gate_map(size_t size);
void	 gate_unmap(void *memory, size_t size);

/* Both are to lie in such memory. */
void	gate_lock_init(pthread_mutex_t *lock);
void	gate_turn_init(sem_t *turn);

/*
 * True: the holder before us has died and left what the lock guards as it was
 * at that moment.
 */
bool	gate_lock(pthread_mutex_t *lock);
void	gate_unlock(pthread_mutex_t *lock);

/* The end of a wait of timeout_ms that begins now. */
struct timespec	gate_end_of(unsigned int timeout_ms);

/* Sleep until the turn is posted. False: not before the end. */
bool	gate_sleep(sem_t *turn, const struct timespec *end);

/* Forget turns that nobody has taken. */
void	gate_drain(sem_t *turn);

#endif
