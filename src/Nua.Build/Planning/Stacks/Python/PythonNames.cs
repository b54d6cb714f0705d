namespace Nua.Build.Planning.Stacks.Python;

/// <summary>Names of Python packages and modules.</summary>
internal static class PythonNames
{
    private static readonly HashSet<string> _standard = new(
        ("__future__ _thread abc aifc argparse array ast asyncio atexit base64 bdb binascii bisect builtins "
        + "bz2 calendar cgi cgitb cmath cmd code codecs codeop collections colorsys compileall concurrent "
        + "configparser contextlib contextvars copy copyreg cProfile csv ctypes curses dataclasses datetime "
        + "dbm decimal difflib dis doctest email encodings ensurepip enum errno faulthandler fcntl filecmp "
        + "fileinput fnmatch fractions ftplib functools gc getopt getpass gettext glob graphlib grp gzip "
        + "hashlib heapq hmac html http imaplib importlib inspect io ipaddress itertools json keyword "
        + "linecache locale logging lzma mailbox marshal mimetypes mmap modulefinder multiprocessing netrc "
        + "numbers opcode operator optparse os pathlib pdb pickle pickletools pkgutil platform plistlib "
        + "poplib posix posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc queue quopri random "
        + "re readline reprlib resource rlcompleter runpy sched secrets select selectors shelve shlex shutil "
        + "signal site smtplib socket socketserver sqlite3 ssl stat statistics string stringprep struct "
        + "subprocess symtable sys sysconfig syslog tabnanny tarfile tempfile termios test textwrap threading "
        + "time timeit tkinter token tokenize tomllib trace traceback tracemalloc tty turtle types typing "
        + "unicodedata unittest urllib uuid venv warnings wave weakref webbrowser wsgiref xml xmlrpc zipapp "
        + "zipfile zipimport zlib zoneinfo").Split(' '), StringComparer.Ordinal);

    public static bool IsStandard(string module) => _standard.Contains(module);

    /// <summary>The one spelling of a package name: lower case, runs of <c>-_.</c> as one hyphen.</summary>
    public static string Normal(string name)
    {
        var text = new System.Text.StringBuilder(name.Length);
        foreach (var c in name.Trim())
        {
            if (c is not ('-' or '_' or '.'))
            {
                text.Append(char.ToLowerInvariant(c));
            }
            else if (text.Length > 0 && text[^1] != '-')
            {
                text.Append('-');
            }
        }

        return text.ToString().TrimEnd('-');
    }

    /// <summary>The package that a requirement names; null for paths, addresses and options.</summary>
    public static string? OfRequirement(string requirement)
    {
        var end = 0;
        while (end < requirement.Length
            && (char.IsAsciiLetterOrDigit(requirement[end]) || requirement[end] is '-' or '_' or '.'))
        {
            end++;
        }

        var rest = requirement.AsSpan(end).TrimStart();
        var isPath = end == 0 || !char.IsAsciiLetterOrDigit(requirement[0]) || rest.StartsWith("/")
            || rest.StartsWith(":")
            || rest.StartsWith("+") || requirement[..end].EndsWith(".whl", StringComparison.Ordinal);
        return isPath ? null : Normal(requirement[..end]);
    }

    /// <summary>The version is fixed: <c>==1.2</c> (not <c>==1.*</c>), or an address.</summary>
    public static bool IsPinned(string requirement) =>
        requirement.Contains('@', StringComparison.Ordinal)
        || (requirement.Contains("==", StringComparison.Ordinal) && !requirement.Split(';')[0]
            .Contains('*', StringComparison.Ordinal));
}
