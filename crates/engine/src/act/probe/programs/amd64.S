/*
 * Says on its standard output what runs it, and ends with code 42. Given an argument, it also measures how fast it is run,
 * and rests between the rounds: they see more of what else the machine does, and while it lives the engine's list of
 * processes can be asked for it.
 *
 * It says, each number in hexadecimal, and each line written before the next question is asked:
 *
 *     archlight-probe 1 amd64
 *     cpuid LEAF EAX EBX ECX EDX      once for each leaf below, with 0 in ECX
 *     xcr0 EDX EAX                    where it can be read
 *     inte COUNT NANOSECONDS          integer work: so many units of it in that much of a processor's time
 *     memo COUNT NANOSECONDS          the same of copying memory
 *     call COUNT NANOSECONDS          the same of system calls; these three in turn, ROUNDS times
 *     end
 *
 * There is no linker: the file is exactly what is written here, its ELF header too. One segment, which nothing writes
 * to, lies on a boundary for pages of any size.
 *
 *     x86_64-linux-gnu-as -o amd64.o amd64.S && x86_64-linux-gnu-objcopy -O binary -j .text amd64.o amd64
 */
        .intel_syntax noprefix
        .text
        .set    BASE, 0x400000
        .set    ROUNDS, 32
        .set    LONG, 1000000           /* nanoseconds that a round takes, or one unit if that takes longer */
        .set    REST, 12000000          /* nanoseconds between two rounds */
        .set    MOST, 1024              /* units in a round, should the clock stand still */
        .set    BUFFER, 0x20000         /* bytes that one unit copies */

header: .byte   0x7f, 'E', 'L', 'F', 2, 1, 1, 0
        .quad   0
        .short  2, 62                   /* an executable, for x86-64 */
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

greeting:
        .ascii  "archlight-probe 1 amd64\n"
greeting_end:
leaves: .long   0, 1, 7, 0x80000000, 0x80000001, 0x80000002, 0x80000003, 0x80000004
leaves_end:
last:   .ascii  "end\n"
last_end:

/*
 * r15: the number of arguments; r14: ECX of leaf 1; rbp: room for numbers, from rbp + 32 on for a line, and from rbp + 96
 * on for what is measured.
 */
start:  mov     r15, [rsp]
        sub     rsp, 128
        mov     rbp, rsp
        lea     rsi, [rip + greeting]
        mov     edx, offset greeting_end - greeting
        call    write
        lea     r12, [rip + leaves]
        lea     r13, [rip + leaves_end]
leaf:   mov     eax, [r12]
        mov     [rbp], eax
        xor     ecx, ecx
        cpuid
        mov     [rbp + 4], eax
        mov     [rbp + 8], ebx
        mov     [rbp + 12], ecx
        mov     [rbp + 16], edx
        cmp     dword ptr [r12], 1
        cmove   r14d, ecx
        mov     eax, 0x69757063         /* `cpui` */
        mov     ebx, 'd'
        mov     ecx, 5
        call    line
        add     r12, 4
        cmp     r12, r13
        jb      leaf
        bt      r14d, 27                /* whether the system lets XCR0 be read */
        jnc     done
        xor     ecx, ecx
        xgetbv
        mov     [rbp], edx
        mov     [rbp + 4], eax
        mov     eax, 0x30726378         /* `xcr0` */
        xor     ebx, ebx
        mov     ecx, 2
        call    line
done:   cmp     r15, 2
        jb      said
        sub     rsp, 2 * BUFFER
        mov     r8, rsp
        mov     r12d, offset ROUNDS
round:  lea     rbx, [rip + integers]
        mov     r13d, 0x65746e69        /* `inte` */
        call    timed
        lea     rbx, [rip + copies]
        mov     r13d, 0x6f6d656d        /* `memo` */
        call    timed
        lea     rbx, [rip + calls]
        mov     r13d, 0x6c6c6163        /* `call` */
        call    timed
        push    REST
        push    0                       /* seconds */
        mov     rdi, rsp
        xor     esi, esi
        mov     eax, 35
        syscall
        add     rsp, 16
        dec     r12d
        jnz     round
said:   lea     rsi, [rip + last]
        mov     edx, offset last_end - last
        call    write
        mov     edi, 42
        mov     eax, 231
        syscall

/* Does what rbx leads to for a while, and says under the name in r13d how often it did, and how long that took. */
timed:  mov     edi, 1                  /* CLOCK_MONOTONIC */
        call    clock
        mov     [rbp + 96], rax
        mov     edi, 3                  /* CLOCK_THREAD_CPUTIME_ID: others who want the processor do not count */
        call    clock
        mov     [rbp + 104], rax
        xor     r14d, r14d
again:  call    rbx
        inc     r14d
        cmp     r14d, offset MOST
        jae     over
        mov     edi, 1
        call    clock
        sub     rax, [rbp + 96]
        cmp     rax, offset LONG
        jb      again
over:   mov     edi, 3
        call    clock
        sub     rax, [rbp + 104]
        mov     edx, -1
        cmp     rax, rdx
        cmova   eax, edx
        mov     [rbp], r14d
        mov     [rbp + 4], eax
        mov     eax, r13d
        xor     ebx, ebx
        mov     ecx, 2
        jmp     line

/* Nanoseconds of the clock in edi; the same as before where it cannot be read. */
clock:  lea     rsi, [rbp + 112]
        mov     eax, 228
        syscall
        imul    rax, [rbp + 112], 1000000000
        add     rax, [rbp + 120]
        ret

/* A unit of integer work: a random number's generator, two steps to a call, as programs call a lot. */
integers:
        mov     rax, 0x139408dcbbf7a44
        xor     edx, edx
        mov     ecx, 4096
step:   call    mix
        dec     ecx
        jnz     step
        ret
mix:    .rept   2
        mov     rsi, rax
        shr     rsi, 12
        xor     rax, rsi
        mov     rsi, rax
        shl     rsi, 25
        xor     rax, rsi
        mov     rsi, rax
        shr     rsi, 27
        xor     rax, rsi
        imul    rsi, rax, 0x2545f491
        add     rdx, rsi
        .endr
        ret

/* A unit of memory work: half of what r8 leads to is added to, and copied to the other half. */
copies: mov     ecx, offset BUFFER / 8
copy:   mov     rax, [r8 + rcx * 8 - 8]
        add     rax, rcx
        mov     [r8 + rcx * 8 + BUFFER - 8], rax
        dec     ecx
        jnz     copy
        ret

/* A unit of system calls, of one that does nothing. */
calls:  mov     edx, 64
ask:    mov     eax, 110                /* getppid */
        syscall
        dec     edx
        jnz     ask
        ret

/* Writes four letters in eax, one more in ebx unless that is 0, and the ecx numbers at rbp. */
line:   lea     rdi, [rbp + 32]
        stosd
        mov     eax, ebx
        test    eax, eax
        jz      numbers
        stosb
numbers:
        mov     rsi, rbp
number: mov     al, ' '
        stosb
        lodsd
        mov     ebx, eax
        mov     edx, 8
digit:  rol     ebx, 4
        mov     eax, ebx
        and     eax, 15
        add     eax, '0'
        cmp     eax, '9'
        jbe     put
        add     eax, 'a' - '9' - 1
put:    stosb
        dec     edx
        jnz     digit
        dec     ecx
        jnz     number
        mov     al, '\n'
        stosb
        lea     rsi, [rbp + 32]
        mov     edx, edi
        sub     edx, esi

/* Writes edx bytes from rsi. */
write:  mov     edi, 1
        mov     eax, 1
        syscall
        ret
end:
