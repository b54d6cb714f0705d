using System.Text;
using Nua.Agent.Backup;
using Nua.Agent.Config;
using Nua.Agent.Settings;
using Nua.Foundation.Linux;

namespace Nua.Agent.Data;

/// <summary>
/// Which secrets the data was made with: <c>/nua/data/.nua/secrets</c>, one line each, <c>NAME HMAC</c>, the HMAC-SHA-256 (RFC 2104) with the secret as its key over
/// <c>nua data secret</c>, the application's id and the name. The value cannot be had from it; that another value was given can (lifecycle contract 2.4).
/// </summary>
internal static class SecretMarks
{
    private const string _file = "secrets";
    private const int _block = 64;

    /// <summary>Notes secrets that are not noted yet.</summary>
    /// <exception cref="Foundation.ProblemException">NUA6014, exit code 78: a secret has another value than when the data was made.</exception>
    public static void Require(DataFolder data, RuntimeConfig config, Variables variables)
    {
        var known = Read(data);
        var isNew = false;
        foreach (var secret in config.Secrets)
        {
            if (!secret.ProtectsData || SecretFiles.Value(variables, secret.Name) is not { } value)
            {
                continue;
            }

            var mark = Mark(value, config.AppId, secret.Name);
            if (!known.TryGetValue(secret.Name, out var noted))
            {
                known[secret.Name] = mark;
                isNew = true;
            }
            else if (noted != mark)
            {
                throw Refusal.SecretChanged(secret.Name);
            }
        }

        if (isNew && data.IsWritable)
        {
            var text = new StringBuilder();
            foreach (var (name, mark) in known)
            {
                text.Append(text.Length > 0 ? "\n" : "").Append(name).Append(' ').Append(mark);
            }

            data.WriteOwn(_file, text.ToString());
        }
    }

    private static SortedDictionary<string, string> Read(DataFolder data)
    {
        var known = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in (data.ReadOwn(_file) ?? "").Split('\n'))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0)
            {
                known[line[..space]] = line[(space + 1)..];
            }
        }

        return known;
    }

    private static string Mark(string secret, string appId, string name)
    {
        var key = RawName.ToBytes(secret);
        var block = new byte[_block];
        (key.Length > _block ? Convert.FromHexString(Sha256.Hex(key)) : key).CopyTo(block, 0);
        var inner = Sha256.Hex([.. Padded(block, 0x36), .. RawName.ToBytes($"nua data secret {appId} {name}")]);
        return Sha256.Hex([.. Padded(block, 0x5C), .. Convert.FromHexString(inner)]);
    }

    private static byte[] Padded(byte[] block, byte with)
    {
        var padded = new byte[_block];
        for (var i = 0; i < _block; i++)
        {
            padded[i] = (byte)(block[i] ^ with);
        }

        return padded;
    }
}
