using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Nua.Foundation;
using Nua.Registry.Settings;

namespace Nua.Registry.Http;

/// <summary>Which certificates are believed for one host, and why one was not.</summary>
internal sealed class TlsRules
{
    private readonly X509Certificate2Collection _trusted;

    /// <param name="authority"><c>HOST[:PORT]</c>.</param>
    /// <exception cref="ProblemException">NUA3602: a file of certificates cannot be read.</exception>
    public TlsRules(string authority, NetworkOptions options)
    {
        _trusted = [];
        foreach (var file in Files(authority, options))
        {
            Read(file);
        }
    }

    /// <summary>Why the last certificate was refused; null when none was.</summary>
    public string? Refusal { get; private set; }

    public SslClientAuthenticationOptions Options()
    {
        var options = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = Judge };
        if (_trusted.Count > 0)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(_trusted);
        }

        return options;
    }

    private bool Judge(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
        {
            return true;
        }

        var reasons = new List<string>();
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            reasons.Add("it shows no certificate");
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            reasons.Add($"its certificate is for another host ({Printable.Escape(certificate?.Subject ?? "", 120)})");
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            reasons.AddRange((chain?.ChainStatus ?? []).Select(status => status.Status).Distinct().Select(Describe));
        }

        Refusal = string.Join("; ", reasons);
        return false;
    }

    private static string Describe(X509ChainStatusFlags status) => status switch
    {
        X509ChainStatusFlags.NotTimeValid => "its certificate has expired or is not valid yet",
        X509ChainStatusFlags.UntrustedRoot => "its certificate is signed by nobody this machine trusts",
        X509ChainStatusFlags.PartialChain => "its certificate leads to no authority this machine trusts",
        _ => $"its certificate is not acceptable ({status})",
    };

    private static IEnumerable<string> Files(string authority, NetworkOptions options)
    {
        if (options.For(authority).CaFile is { } file)
        {
            return [file];
        }

        return options.CertificateFolders
            .Select(folder => Path.Combine(folder, authority))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.GetFiles(folder, "*.crt").Order(StringComparer.Ordinal));
    }

    private void Read(string file)
    {
        try
        {
            _trusted.ImportFromPemFile(file);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw RegistryProblem.BadCertificates(file, error);
        }

        if (_trusted.Count == 0)
        {
            throw RegistryProblem.BadCertificates(file, new IOException("there is no certificate in it"));
        }
    }
}
