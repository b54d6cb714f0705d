using System.Text;
using Nua.Foundation;
using Nua.Sandbox;

namespace Nua.Engine.Backups;

/// <summary>
/// How a backup is encrypted: in the format <c>age</c>, by the program of that name. A key is either a recipient (<c>age1…</c>), which can only encrypt, or the file
/// of an identity (<c>age-keygen -o FILE</c>), which can do both.
/// </summary>
public sealed record BackupKey
{
    /// <summary>What an encrypted file begins with.</summary>
    public const string Magic = "age-encryption.org/v1";

    private BackupKey(string program, string? recipient, string? identity) => (Program, Recipient, Identity) = (program, recipient, identity);

    internal string Program { get; }

    internal string? Recipient { get; }

    internal string? Identity { get; }

    /// <exception cref="ProblemException">NUA5130 it is no key (exit code 2); NUA5131 the program is missing.</exception>
    public static BackupKey Parse(string text)
    {
        var isRecipient = text.StartsWith("age1", StringComparison.Ordinal) && text.All(char.IsAsciiLetterOrDigit);
        if (!isRecipient && !HoldsIdentity(text))
        {
            throw new ProblemException(new Problem("NUA5130", $"'{Printable.Escape(text, 100)}' is not a key")
            {
                Why = "a key is a recipient that begins with age1, or the path of a file that age-keygen made",
                Remedy = "age-keygen -o backup.key, then --key backup.key; keep a copy of the file away from this machine",
            })
            { ExitCode = 2 };
        }

        var program = HostTools.Locate("age") ?? throw new ProblemException(new Problem("NUA5131", "the program 'age' is not installed on this machine")
        {
            Why = "it encrypts and decrypts backups",
            Remedy = $"{(HostTools.IsRoot ? "" : "sudo ")}apt-get install age",
        });
        return isRecipient ? new BackupKey(program, text, null) : new BackupKey(program, null, Path.GetFullPath(text));
    }

    internal IReadOnlyList<string> EncryptArguments =>
        Recipient is not null ? ["--encrypt", "--recipient", Recipient] : ["--encrypt", "--identity", Identity!];

    /// <exception cref="ProblemException">NUA5132: a recipient cannot decrypt.</exception>
    internal IReadOnlyList<string> DecryptArguments => Identity is not null
        ? ["--decrypt", "--identity", Identity]
        : throw new ProblemException(new Problem("NUA5132", "this key can encrypt but not decrypt")
        {
            Remedy = "give the file of the identity that belongs to it",
        })
        { ExitCode = 2 };

    private static bool HoldsIdentity(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var start = new byte[16 << 10];
            var length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            return Encoding.Latin1.GetString(start, 0, length).Contains("AGE-SECRET-KEY-", StringComparison.Ordinal);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
