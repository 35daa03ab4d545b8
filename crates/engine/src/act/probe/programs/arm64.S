/*
 * Says on its standard output what runs it, and ends with code 42. Given an argument, it lives for another second, so that
 * the engine's list of processes can be asked for it.
 *
 * It says, each number in hexadecimal, and each line written before the next question is asked:
 *
 *     archlight-probe 1 arm64
 *     auxv KEY VALUE      of the auxiliary vector, where they are: AT_PLATFORM (15), whose value is the first eight
 *                         letters of the text, AT_HWCAP (16) and AT_HWCAP2 (26)
 *     midr VALUE          MIDR_EL1, where the system says that a program may read it
 *     end
 *
 * There is no linker: the file is exactly what is written here, its ELF header too. One segment, which nothing writes
 * to, lies on a boundary for pages of any size.
 *
 *     aarch64-linux-gnu-as -o arm64.o arm64.S && aarch64-linux-gnu-objcopy -O binary -j .text arm64.o arm64
 */
        .text
        .set    BASE, 0x400000

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

/* x19: the number of arguments; x20: where the auxiliary vector is read; x21: AT_HWCAP; x22: room for a line. */
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
done:   adr     x1, last
        mov     x2, last_end - last
        bl      write
        cmp     x19, 2
        b.lo    exit
        mov     x0, 1
        stp     x0, xzr, [x22]          /* one second, and no nanoseconds */
        mov     x0, x22
        mov     x1, xzr
        mov     x8, 101
        svc     0
exit:   mov     x0, 42
        mov     x8, 94
        svc     0

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

auxv:   .ascii  "auxv"
midr:   .ascii  "midr"
greeting:
        .ascii  "archlight-probe 1 arm64\n"
greeting_end:
last:   .ascii  "end\n"
last_end:
end:
