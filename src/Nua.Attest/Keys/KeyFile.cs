using System.Text;
using Nua.Foundation;

namespace Nua.Attest.Keys;

/// <summary>Reads keys and passphrases from files.</summary>
public static class KeyFile
{
    private const int MaxBytes = 64 << 10;

    /// <exception cref="ProblemException">NUA3920, and what <see cref="SigningKey.Parse"/> gives.</exception>
    public static SigningKey ReadPrivate(string path, string? passphrase) => SigningKey.Parse(Read(path), passphrase, path);

    /// <exception cref="ProblemException">NUA3920, and what <see cref="VerifyingKey.Parse"/> gives.</exception>
    public static VerifyingKey ReadPublic(string path) => VerifyingKey.Parse(Read(path), path);

    /// <summary>The first line of a file.</summary>
    /// <exception cref="ProblemException">NUA3920.</exception>
    public static string ReadPassphrase(string path) => Read(path).Split('\n')[0].TrimEnd('\r');

    private static string Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var buffer = new byte[MaxBytes + 1];
            var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return length <= MaxBytes
                ? Encoding.UTF8.GetString(buffer, 0, length)
                : throw KeyProblem.CannotRead(path, $"it has more than {MaxBytes} bytes, so it is not a key");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw KeyProblem.CannotRead(path, Printable.Escape(error.Message, 300), error);
        }
    }
}
