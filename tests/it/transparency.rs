//! Programs of the machine do the same traced and untraced: stdout, stderr, wait status.

use std::path::Path;
use std::process::Command;

use crate::vocabulary::*;

/// A test for each line: the programs it needs, the shell, the script it runs in a fresh directory, and some of what that
/// prints when it works.
macro_rules! transparent {
    ($($name:ident: [$($program:literal)*] $shell:literal $script:literal => $printed:literal;)*) => {
        $(
            #[test]
            fn $name() {
                if [$shell, $($program),*].into_iter().all(has) {
                    let trace = same_as_untraced(|dir| in_directory($shell, $script, dir));
                    let printed = text(trace.stdout());
                    assert!(printed.contains($printed), "the script does not work: {printed}{}", text(trace.stderr()));
                }
            }
        )*
    };
}

fn in_directory(shell: &str, script: &str, dir: &Path) -> Command {
    let mut command = program(shell, ["-c", script]);
    command.current_dir(dir).env("LC_ALL", "C").env("TZ", "UTC");
    command
}

transparent! {
    list: ["ls"] "sh" "ls -la /usr; ls /no/such/dir" => "local";
    pipeline: ["sort" "uniq"] "sh" "printf 'b\\na\\nb\\n' | sort | uniq -c | cat -n" => "2 b";
    long_pipeline: ["seq"] "sh" "seq 20000 | cat | cat | cat | wc -l" => "20000";
    broken_pipe: ["yes" "head"] "sh" "yes | head -n 3; seq 100000 | head -n 1" => "y\ny\ny\n1";
    here_document: ["tr"] "sh" "tr a-z A-Z <<EOF\nhello\nEOF" => "HELLO";
    subshells: [] "sh" "(echo a; (echo b; exit 3); echo $?); x=$(echo c; exit 4); echo $x $?; exit 5" => "c 4";
    background: ["sleep"] "sh" "sleep 0.05 & wait $!; echo $?; (exit 7) & wait $!; echo $?" => "0\n7";
    trap: ["sleep"] "sh" "trap 'echo caught' USR1; kill -USR1 $$; trap 'echo bye' EXIT; kill -TERM $$; echo not reached" => "caught";
    ignored_signal: ["sleep"] "sh" "trap '' TERM; kill -TERM $$; sh -c 'kill -TERM $$; echo still here'" => "still here";
    killed_child: [] "sh" "sh -c 'kill -SEGV $$'; echo $?; sh -c 'kill -KILL $$'; echo $?" => "139\n137";
    stopped_child: ["sleep"] "sh" "sleep 0.2 & kill -STOP $!; kill -CONT $!; wait $!; echo $?" => "0";
    fifo: ["mkfifo"] "sh" "mkfifo p; echo through > p & cat p; wait" => "through";
    limits: [] "sh" "ulimit -a; umask 027; umask" => "0027";
    identity: ["id" "uname"] "sh" "id; uname -a; echo $PPID | grep -c ." => "uid=";
    missing_program: [] "sh" "no-such-program; echo $?; /dev/null; echo $?" => "127\n126";
    environment: ["env" "sort"] "sh" "env -i A=1 B=2 sh -c 'env | grep -v PWD | grep -v SHLVL | grep -v _= | sort'" => "A=1\nB=2";
    job_control: ["sleep"] "bash" "set -m; sleep 0.05 & fg; sleep 0.05 & wait; jobs; echo $?" => "sleep 0.05";
    stopped_job: ["sleep"] "bash" "set -m; sleep 0.2 & kill -STOP %1; until jobs -s | grep -q Stopped; do :; done; kill -CONT %1; wait; echo $?" => "0";
    process_substitution: ["diff"] "bash" "diff <(echo a; echo b) <(echo a; echo c); echo $?" => "< b";
    coprocess: [] "bash" "coproc { read line; echo \"got $line\"; }; echo x >&${COPROC[1]}; read answer <&${COPROC[0]}; echo $answer" => "got x";
    refused_connection: [] "bash" "exec 3<>/dev/tcp/127.0.0.1/1; echo $?" => "1";
    pipe_status: [] "bash" "set -o pipefail; false | true | (exit 3) | true; echo $? ${PIPESTATUS[*]}" => "3 1 0 3 0";
    loops: [] "bash" "for i in $(seq 50); do (exit $((i % 3))); n=$((n + $?)); done; echo $n" => "51";
    kill_by_timeout: ["timeout" "sleep"] "sh" "timeout -s KILL 0.2 sleep 1000; echo $?; timeout 0.2 sleep 1000; echo $?; timeout 60 sh -c 'exit 9'; echo $?" => "137\n124\n9";
    new_session: ["setsid"] "sh" "setsid -w sh -c 'echo in a session; exit 6'; echo $?" => "in a session\n6";
    nice: ["nice"] "sh" "nice -n 5 nice; nohup sh -c 'echo kept' 2>/dev/null </dev/null" => "kept";
    lock: ["flock"] "sh" "flock lock sh -c 'flock -n lock true; echo $?'; echo $?" => "1\n0";
    copies: ["cp" "mv" "ln" "find"] "sh" "mkdir a; echo 1 > a/x; ln -s x a/y; ln a/x a/z; cp -a a b; mv b c; find . | sort; cat c/y; rm -r c; ls" => "./c/z\n1\na\n";
    archives: ["tar" "gzip"] "sh" "mkdir a; seq 1000 > a/x; tar czf a.tgz a; mv a b; tar xzf a.tgz; cmp a/x b/x && tar tzf a.tgz" => "a/x";
    compressors: ["bzip2" "xz"] "sh" "seq 5000 > x; bzip2 -k x; xz -k -T2 x; bunzip2 -c x.bz2 | cmp - x; xzcat x.xz | cmp - x; echo $?" => "0";
    zstd: ["zstd"] "sh" "seq 5000 > x; zstd -q -T2 x; zstd -q -d -c x.zst | cmp - x; echo $?" => "0";
    blocks: ["dd" "od"] "sh" "dd if=/dev/zero bs=512 count=3 2>/dev/null | od -c; echo abc | dd bs=1 2>/dev/null" => "0003000\nabc";
    checksums: ["sha256sum" "md5sum" "cmp"] "sh" "echo x | sha256sum; echo x > a; echo y > b; cmp a b; md5sum a b" => "a b differ";
    dates: ["date" "touch" "stat"] "sh" "date -d @0; touch -d @1000 f; stat -c '%Y %a %s' f" => "1970\n1000 644 0";
    searches: ["grep" "find" "xargs"] "sh" "for i in 1 2 3 4 5 6 7 8; do echo $i > f$i; done; find . -name 'f*' | xargs -P 4 -n 1 cat | sort; grep -rl 5 .; grep -c x f1" => "7\n8\n./f5\n";
    text_tools: ["awk" "sed" "tr" "cut"] "sh" "seq 100 | awk '{s += $1} END {print s}'; echo abc | sed s/b/x/; echo a:b | cut -d: -f2" => "5050\naxc\nb";
    patches: ["diff" "patch"] "sh" "seq 5 > a; seq 6 > b; diff -u a b --label a --label b > p; patch -s a p; cmp a b; echo $?" => "0";
    terminal: ["tty" "stty"] "sh" "tty; stty size; test -t 0; echo $?" => "not a tty";
    pseudo_terminal: ["script"] "sh" "script -qec 'test -t 1 && echo a terminal; exit 3' /dev/null; echo $?" => "a terminal";
    watch_a_file: ["tail"] "sh" "echo start > f; (for i in 1 2 3; do sleep 0.05; echo $i >> f; done) & tail -n 10 -s 0.05 --pid=$! -f f" => "start\n1\n2\n3";
    git: ["git"] "sh" "export HOME=$PWD GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_DATE=2005-04-07T22:13:13Z GIT_COMMITTER_DATE=2005-04-07T22:13:13Z; git -c init.defaultBranch=main init -q .; echo x > f; git add f; git -c user.name=n -c user.email=e -c gc.auto=0 commit -qm first; git log --oneline; git status --short; git fsck 2>&1" => "first\n";
    python: ["python3"] "sh" "python3 -c 'import sys, os; print(sum(range(1000))); sys.exit(os.getpid() < 0)'" => "499500";
    python_threads: ["python3"] "sh" "python3 -c 'import threading\nt = [threading.Thread(target=lambda: None) for _ in range(20)]\n[x.start() for x in t]; [x.join() for x in t]; print(len(t))'" => "20";
    python_processes: ["python3"] "sh" "python3 -c 'import multiprocessing as m\nm.set_start_method(\"fork\")\nwith m.Pool(3) as p: print(p.map(abs, range(-10, 0)))'" => "[10, 9,";
    python_subprocess: ["python3"] "sh" "python3 -c 'import subprocess as s; print(s.run([\"sh\", \"-c\", \"cat; exit 4\"], input=b\"in\", capture_output=True))'" => "returncode=4";
    python_sockets: ["python3"] "sh" "python3 -c 'import socket; a, b = socket.socketpair(); a.send(b\"x\"); print(b.recv(9)); s = socket.create_server((\"127.0.0.1\", 0)); c = socket.create_connection(s.getsockname()); d, _ = s.accept(); c.send(b\"hello\"); print(d.recv(9))'" => "b'hello'";
    perl: ["perl"] "sh" "perl -e 'if (fork) { wait; printf \"%d\\n\", $? >> 8 } else { exit 5 } $SIG{ALRM} = sub { print \"alarm\\n\" }; alarm 1; sleep 5; exec \"echo\", \"done\"'" => "5\nalarm\ndone";
    calculator: ["bc"] "sh" "echo '2^200' | bc; echo 'scale=30; 4*a(1)' | bc -l" => "3.14159265";
    json: ["jq"] "sh" "echo '{\"a\": [1, 2]}' | jq -c .a; echo '{' | jq . ; echo $?" => "[1,2]\n4";
    database: ["sqlite3"] "sh" "sqlite3 db 'create table t(x); insert into t values(1),(2); select sum(x) from t; pragma integrity_check'" => "3\nok";
    hashes: ["openssl"] "sh" "echo x | openssl dgst -sha256; openssl enc -aes-128-cbc -nosalt -K 00 -iv 00 -in /etc/hostname 2>/dev/null | wc -c" => "73cb3858";
    node: ["node"] "sh" "node -e 'require(\"child_process\").exec(\"echo from a child\", (e, out) => { process.stdout.write(out); process.exit(3) })'" => "from a child";
    url: ["curl"] "sh" "echo content > f; curl -s file://$PWD/f; curl -s http://127.0.0.1:1/; echo $?" => "content\n7";
    compiler: ["cc"] "sh" "echo 'int puts(const char *); int main(void) { puts(\"built\"); return 3; }' > a.c; cc -o a a.c && ./a; echo $?; echo 'int main( {' > b.c; cc -c b.c 2>/dev/null; echo $?" => "built\n3\n1\n";
    make: ["make" "cc"] "sh" "printf 'all: a b c d\\n\\tcat a b c d\\n%%:\\n\\techo $@ > $@\\n' > Makefile; make -s -j2; make -s -j2 missing/x; echo $?" => "a\nb\nc\nd\n2";
    cargo: ["cargo"] "sh" "${CARGO:-cargo} --version" => "cargo 1";
    file_kinds: ["file"] "sh" "file -b /bin/sh /dev/null; echo text > t; file t" => "t: ASCII text";
    debugger: ["gdb"] "sh" "gdb --version | head -n 1" => "GNU gdb";
    here_string: ["base64"] "bash" "base64 -w0 <<< some\\ text | base64 -d; printf '%s\\n' {a..e}" => "some text\na\n";
    null_delimited: ["find" "xargs" "touch"] "sh" "touch 'a b' c; find . -type f -print0 | sort -z | xargs -0 -n 1 -P 1 echo got" => "got ./a b\ngot ./c";
    deep_tree: ["find"] "sh" "mkdir -p a/b/c/d/e/f; touch a/b/c/d/e/f/g; find a -depth | head -n 3; find a -depth -delete; ls" => "a/b/c/d/e/f/g";
    sparse_file: ["truncate" "cp" "wc"] "sh" "truncate -s 1M f; cp --sparse=always f g; cmp f g; wc -c < g" => "1048576";
    split_and_join: ["split" "comm" "paste"] "sh" "seq 30 > f; split -l 10 f part; cat part* | cmp - f; seq 3 > a; seq 2 4 > b; comm -12 a b; paste a b" => "2\n3\n1\t2";
    exec_chain: ["env" "nice"] "sh" "exec env A=1 nice -n 1 sh -c 'exec sh -c \"echo \\$A; exit 8\"'" => "1";
    closed_streams: [] "sh" "exec 0<&-; cat; echo $?; (exec 1>&-; echo x) ; echo $?" => "1";
    signals_of_children: [] "sh" "for s in HUP INT QUIT TERM USR1 ALRM; do sh -c \"kill -$s \\$\\$\"; echo $?; done 2>/dev/null" => "143\n138\n142\n";
    interrupted_group: ["sleep"] "bash" "set -m; sleep 1000 & kill -TERM -- -$!; wait $!; echo $?" => "143";
    parallel_shells: ["seq"] "sh" "for i in $(seq 20); do sh -c \"exit $i\" & p=\"$p $!\"; done; for x in $p; do wait $x; printf '%d ' $?; done" => "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20";
    git_branches: ["git"] "sh" "export HOME=$PWD GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_DATE=2005-04-07T22:13:13Z GIT_COMMITTER_DATE=2005-04-07T22:13:13Z; c='git -c user.name=n -c user.email=e -c gc.auto=0 -c init.defaultBranch=main'; $c init -q; echo a > f; $c add .; $c commit -qm a; $c checkout -qb other; echo b >> f; $c commit -qam b; $c checkout -q main; $c merge -q other; $c clone -q . copy; cat copy/f; $c log --format=%s" => "a\nb\nb\na\n";
    archive_pipe: ["tar"] "sh" "mkdir a; echo x > a/f; tar cf - a | (mkdir b; cd b; tar xf -; cat a/f)" => "x";
    static_library: ["cc" "ar"] "sh" "echo 'int f(void) { return 4; }' > f.c; echo 'int f(void); int main(void) { return f(); }' > m.c; cc -c f.c && ar rcs libf.a f.o && cc -o m m.c -L. -lf && ./m; echo $?" => "4";
    parallel_make: ["make"] "sh" "printf 'all: 1 2 3 4 5 6 7 8\\n\\t@echo done\\n%%:\\n\\t@sh -c true; touch $@\\n' > Makefile; make -s -j4; make -q; echo $?; ls" => "done\n";
    python_alarm: ["python3"] "sh" "python3 -c 'import signal, time\nsignal.signal(signal.SIGALRM, lambda *_: print(\"alarm\", flush=True))\nsignal.setitimer(signal.ITIMER_REAL, 0.05)\ntime.sleep(0.3)\nprint(\"slept\")'" => "alarm\nslept";
    python_fork: ["python3"] "sh" "python3 -c 'import os\nr, w = os.pipe()\nif os.fork() == 0:\n os.write(w, b\"from the child\"); os._exit(3)\nprint(os.waitstatus_to_exitcode(os.wait()[1]), os.read(r, 99))'" => "3 b'from the child'";
    perl_pipe: ["perl"] "sh" "perl -e '$| = 1; open(my $p, \"-|\", \"sh\", \"-c\", \"echo piped; exit 2\"); print <$p>; close $p; print $? >> 8, \"\\n\"; kill TERM => $$; sleep 9'" => "piped\n2\n";
    foreground_terminal: ["script" "bash"] "sh" "script -qec 'bash -c \"set -m; sleep 0.05; echo in a terminal; exit 4\"' /dev/null; echo $?" => "in a terminal";
    client: ["ssh"] "sh" "ssh -V; ssh -o BatchMode=yes -o ConnectTimeout=1 -p 1 127.0.0.1 true; echo $?" => "255";
}
