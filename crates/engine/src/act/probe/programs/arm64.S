/*
 * Says on its standard output what runs it, and ends with code 42. Given an argument, it also measures how fast it is run,
 * and rests between the rounds: they see more of what else the machine does, and while it lives the engine's list of
 * processes can be asked for it.
 *
 * It says, each number in hexadecimal, and each line written before the next question is asked:
 *
 *     archlight-probe 1 arm64
 *     auxv KEY VALUE          of the auxiliary vector, where they are: AT_PLATFORM (15), whose value is the first eight
 *                             letters of the text, AT_HWCAP (16) and AT_HWCAP2 (26)
 *     midr VALUE              MIDR_EL1, where the system says that a program may read it
 *     inte COUNT NANOSECONDS  integer work: so many units of it in that much of a processor's time
 *     memo COUNT NANOSECONDS  the same of copying memory
 *     call COUNT NANOSECONDS  the same of system calls; these three in turn, ROUNDS times
 *     end
 *
 * There is no linker: the file is exactly what is written here, its ELF header too. One segment, which nothing writes
 * to, lies on a boundary for pages of any size.
 *
 *     aarch64-linux-gnu-as -o arm64.o arm64.S && aarch64-linux-gnu-objcopy -O binary -j .text arm64.o arm64
 */
        .text
        .set    BASE, 0x400000
        .set    ROUNDS, 32
        .set    LONG, 1000000           /* nanoseconds that a round takes, or one unit if that takes longer */
        .set    REST, 12000000          /* nanoseconds between two rounds */
        .set    MOST, 1024              /* units in a round, should the clock stand still */
        .set    BUFFER, 0x20000         /* bytes that one unit copies */

header: .byte   0x7f, 'E', 'L', 'F', 2, 1, 1, 0
        .quad   0
        .short  2, 183                  /* an executable, for AArch64 */
        .long   1
        .quad   BASE + start - header
        .quad   segments - header
        .quad   0
        .long   0
        .short  64, 56, 2, 64, 0, 0
segments:
        .long   1, 5                    /* all of it, to read and to execute */
        .quad   0, BASE, BASE, end - header, end - header, 0x10000
        .long   0x6474e551, 6           /* a stack that cannot be executed */
        .quad   0, 0, 0, 0, 0, 16

/* x19: the number of arguments; x20: where the auxiliary vector is read; x21: AT_HWCAP; x22: room for a line, and
 * from x22 + 96 on for a time. */
start:  ldr     x19, [sp]
        add     x20, sp, 16
        add     x20, x20, x19, lsl 3    /* behind the arguments and their end */
        sub     sp, sp, 128
        mov     x22, sp
        mov     x21, 0
        adr     x1, greeting
        mov     x2, greeting_end - greeting
        bl      write
environment:
        ldr     x0, [x20], 8
        cbnz    x0, environment
vector: ldp     x24, x25, [x20], 16
        cbz     x24, known
        cmp     x24, 15
        b.eq    letters
        cmp     x24, 26
        b.eq    say
        cmp     x24, 16
        b.ne    vector
        mov     x21, x25
        b       say
letters:
        ldr     x25, [x25]
say:    ldr     w0, auxv
        bl      begin
        mov     x0, x24
        bl      number
        mov     x0, x25
        bl      number
        bl      finish
        b       vector
known:  tbz     x21, 11, done
        mrs     x25, midr_el1
        ldr     w0, midr
        bl      begin
        mov     x0, x25
        bl      number
        bl      finish
done:   cmp     x19, 2
        b.lo    said
        sub     sp, sp, 2 * BUFFER
        mov     x28, ROUNDS
round:  ldr     w24, inte
        adr     x25, integers
        bl      timed
        ldr     w24, memo
        adr     x25, copies
        bl      timed
        ldr     w24, call
        adr     x25, calls
        bl      timed
        movz    x0, REST & 0xffff
        movk    x0, REST >> 16, lsl 16
        stp     xzr, x0, [x22, 96]      /* no seconds */
        add     x0, x22, 96
        mov     x1, xzr
        mov     x8, 101
        svc     0
        subs    x28, x28, 1
        b.ne    round
        add     sp, sp, 2 * BUFFER
said:   adr     x1, last
        mov     x2, last_end - last
        bl      write
        mov     x0, 42
        mov     x8, 94
        svc     0

/* Does what x25 leads to for a while, and says under the name in w24 how often it did, and how long that took. */
timed:  mov     x29, x30
        mov     x0, 1                   /* CLOCK_MONOTONIC */
        bl      clock
        mov     x20, x0
        mov     x0, 3                   /* CLOCK_THREAD_CPUTIME_ID: others who want the processor do not count */
        bl      clock
        mov     x21, x0
        mov     x26, 0
        movz    x27, LONG & 0xffff
        movk    x27, LONG >> 16, lsl 16
again:  blr     x25
        add     x26, x26, 1
        cmp     x26, MOST
        b.hs    over
        mov     x0, 1
        bl      clock
        sub     x0, x0, x20
        cmp     x0, x27
        b.lo    again
over:   mov     x0, 3
        bl      clock
        sub     x21, x0, x21
        mov     w0, w24
        bl      begin
        mov     x0, x26
        bl      number
        mov     x0, x21
        bl      number
        mov     x30, x29
        b       finish

/* Nanoseconds of the clock in x0; the same as before where it cannot be read. */
clock:  add     x1, x22, 96
        mov     x8, 113
        svc     0
        ldp     x0, x1, [x22, 96]
        movz    x2, 1000000000 & 0xffff
        movk    x2, 1000000000 >> 16, lsl 16
        madd    x0, x0, x2, x1
        ret

/* A unit of integer work: a random number's generator, two steps to a call, as programs call a lot. */
integers:
        mov     x9, x30
        ldr     x0, seed
        ldr     w3, factor
        mov     x2, 0
        mov     x1, 4096
step:   bl      mix
        subs    x1, x1, 1
        b.ne    step
        ret     x9
mix:    .rept   2
        eor     x0, x0, x0, lsr 12
        eor     x0, x0, x0, lsl 25
        eor     x0, x0, x0, lsr 27
        madd    x2, x0, x3, x2
        .endr
        ret

/* A unit of memory work: half of what sp leads to is added to, and copied to the other half. */
copies: mov     x1, BUFFER / 8
        mov     x2, sp
        add     x3, x2, BUFFER
copy:   sub     x1, x1, 1
        ldr     x0, [x2, x1, lsl 3]
        add     x0, x0, x1
        str     x0, [x3, x1, lsl 3]
        cbnz    x1, copy
        ret

/* A unit of system calls, of one that does nothing. */
calls:  mov     x1, 64
        mov     x8, 173                 /* getppid */
ask:    svc     0
        subs    x1, x1, 1
        b.ne    ask
        ret

/* Begins a line with the four letters in w0; x23 is its end from here on. */
begin:  mov     x23, x22
        str     w0, [x23], 4
        ret

/* Puts a blank and the sixteen digits of x0 behind the line. */
number: mov     w1, ' '
        strb    w1, [x23], 1
        mov     x2, 16
digit:  ror     x0, x0, 60
        and     x1, x0, 15
        add     w3, w1, '0'
        add     w4, w1, 'a' - 10
        cmp     w1, 10
        csel    w1, w3, w4, lo
        strb    w1, [x23], 1
        subs    x2, x2, 1
        b.ne    digit
        ret

/* Ends the line and writes it. */
finish: mov     w1, '\n'
        strb    w1, [x23], 1
        mov     x1, x22
        sub     x2, x23, x22

/* Writes x2 bytes from x1. */
write:  mov     x0, 1
        mov     x8, 64
        svc     0
        ret

        .balign 8
seed:   .quad   0x139408dcbbf7a44
factor: .long   0x2545f491
auxv:   .ascii  "auxv"
midr:   .ascii  "midr"
inte:   .ascii  "inte"
memo:   .ascii  "memo"
call:   .ascii  "call"
greeting:
        .ascii  "archlight-probe 1 arm64\n"
greeting_end:
last:   .ascii  "end\n"
last_end:
end:
