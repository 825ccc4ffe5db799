"""Google as a phone's push sees it, on this machine: OAuth 2 tokens and FCM HTTP v1.

firebase-admin speaks to it unchanged, for tests, for developers (`manage.py fcm_sandbox`) and
for the demo, which shows what would have gone out.
"""
